# Dates, spans and zones.
from datetime import date, datetime, timedelta, timezone
import calendar
right = (date(2024, 2, 28) + timedelta(days=2) == date(2024, 3, 1) and calendar.isleap(2024)
         and datetime(2024, 1, 1, tzinfo=timezone.utc).isoformat() == "2024-01-01T00:00:00+00:00"
         and datetime.strptime("03-05-2001", "%d-%m-%Y").month == 5 and datetime.now().year > 2000)
