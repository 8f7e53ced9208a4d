"""A browser and its driver that can only say their version: enough for whoever looks whether one can start."""

from __future__ import annotations

from pathlib import Path


def fake_programs(folder: Path) -> tuple[Path, Path]:
    """The browser and the driver, made in the folder."""
    return (
        _program(folder / "browser", "Chromium 140.0.7339.80"),
        _program(folder / "driver", "ChromeDriver 140.0.7339.207"),
    )


def _program(path: Path, said: str) -> Path:
    path.write_text(f"#!/bin/sh\necho '{said}'\n", "utf-8")
    path.chmod(0o755)
    return path
