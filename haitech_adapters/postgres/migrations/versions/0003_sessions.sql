SELECT 1; -- replaced by the slice that needs it
