"""The addresses of one cabinet, and what kind of request it gets."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from feedback_service.ports.replica import ReplicaRequest

_OWN = "/__gate/"


@dataclass(frozen=True, slots=True)
class Site:
    """A cabinet below the mount point of its platform; `pages` is the path that its replica names."""

    platform: str
    pages: str

    @property
    def root(self) -> str:
        """The cabinet's path on the server, for example /ozon/cabinet."""
        return f"/{self.platform}{self.pages}"

    def guards(self, path: str) -> bool:
        """Whether a path below the mount point belongs to the cabinet."""
        return path == self.pages or path.startswith(self.pages + "/")

    def step(self, path: str) -> str | None:
        """Which of the gate's own addresses is asked for: "clearance", "sign-in", "code"; None for the replica's."""
        own = self.pages + _OWN
        return path.removeprefix(own) if path.startswith(own) else None

    def link(self, step: str) -> str:
        """The path on the server of one of the gate's own addresses."""
        return self.root + _OWN + step

    def sign_in_link(self, asked: ReplicaRequest) -> str:
        """The sign-in page that leads back to what was asked for."""
        return f"{self.link('sign-in')}?{urlencode({'next': self._address(asked)})}"

    def inside(self, address: str) -> str:
        """The address where it lies in the cabinet, else the cabinet's first page: nobody is sent elsewhere."""
        return address if address == self.root or address.startswith((f"{self.root}/", f"{self.root}?")) else self.root

    def _address(self, asked: ReplicaRequest) -> str:
        path = f"/{self.platform}{asked.path}"
        return f"{path}?{urlencode(asked.query)}" if asked.query else path


def is_call(asked: ReplicaRequest) -> bool:
    """Whether a script of the page asks, not a person who opens a page."""
    sent, wanted = asked.headers.get("content-type", ""), asked.headers.get("accept", "")
    return "/api/" in asked.path or "application/json" in sent or "application/json" in wanted
