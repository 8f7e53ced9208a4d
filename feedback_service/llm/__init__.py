"""The language model over OpenAI's chat completions, at OpenAI itself or at any proxy that speaks them."""

from feedback_service.llm.client import warm
from feedback_service.llm.config import ModelConfig
from feedback_service.llm.model import OpenAIModel

__all__ = ["ModelConfig", "OpenAIModel", "warm"]
