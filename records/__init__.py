"""What Waybill remembers beside Temporal's histories: tables, repositories, migrations."""
