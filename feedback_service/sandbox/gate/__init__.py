"""The guard in front of a seller's cabinet: antibot, captcha, sign-in, sessions; then the replica sees a request."""

from __future__ import annotations

from feedback_service.sandbox.gate.cookies import exported
from feedback_service.sandbox.gate.decision import Decision, Outcome
from feedback_service.sandbox.gate.gate import GATE_KINDS, Gate, without_gate_options
from feedback_service.sandbox.gate.sessions import Term
from feedback_service.sandbox.gate.sign_in import Login

__all__ = ["GATE_KINDS", "Decision", "Gate", "Login", "Outcome", "Term", "exported", "without_gate_options"]
