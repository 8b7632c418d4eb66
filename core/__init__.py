"""The ground floor: errors, time, scoping, paper and sheet writers, UI tags. No tables and no domain words."""
