"""A rule-based stand-in for OpenAI: it shows the flow, not the quality of answers."""

from feedback_service.sandbox.model.behaviour import BEHAVIOURS
from feedback_service.sandbox.model.limits import ModelLimits
from feedback_service.sandbox.model.replica import SANDBOX_KEY, ModelReplica, ModelSettings

__all__ = ["BEHAVIOURS", "SANDBOX_KEY", "ModelLimits", "ModelReplica", "ModelSettings"]
