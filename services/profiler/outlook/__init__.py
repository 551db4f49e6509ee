"""What would change a trait: tried on the person's own books, and told in words."""

from services.profiler.outlook.now import outlook_now
from services.profiler.outlook.stage import Stage
from services.profiler.outlook.telling import outlook, prospects
from services.profiler.outlook.trial import Prospect, Trial

__all__ = ["Prospect", "Stage", "Trial", "outlook", "outlook_now", "prospects"]
