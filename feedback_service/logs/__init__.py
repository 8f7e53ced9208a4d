"""Logs for people, for machines and for Google Cloud Logging, with their context and without secrets."""

from feedback_service.logs.configure import LogConfig, configure_logs
from feedback_service.logs.context import bind, bound
from feedback_service.logs.redaction import hide
from feedback_service.logs.secrets import register_secret
from feedback_service.logs.shipping import start_shipping, stop_shipping

__all__ = ["LogConfig", "bind", "bound", "configure_logs", "hide", "register_secret", "start_shipping", "stop_shipping"]
