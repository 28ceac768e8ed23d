#!/usr/bin/awk -f
# doc-schema.awk - docs/schema.md from the comments of core/schema.sql and core/views.sql:  awk -f tests/doc-schema.awk core/schema.sql core/views.sql
# A block of `--` lines right above a CREATE is its description, [I] and [A] say who writes it; `-- ---- title ---` begins a chapter.
BEGIN {
	print "# The database"
	print ""
	print "Generated from the comments of `core/schema.sql` and `core/views.sql` by `make docs`; not edited by hand."
	print "`sqlite3 RUN/attrib/attrib.db` opens it. Tables are what the stages write, views are what reports and people read."
}
FNR == 1 {
	views = FILENAME ~ /views/
	text = ""
	intro = 1
	printf "\n# %s\n", views ? "Views" : "Tables"
}
/^-- SPDX/ || /^-- [a-z]+\.sql - / { next }
/^-- ----/ {
	title = $0
	gsub(/^-- -+ *(\[[IA]\] )?/, "", title); gsub(/ *-+$/, "", title)
	if (intro && text != "") printf "\n%s\n", text
	intro = 0
	printf "\n## %s\n", toupper(substr(title, 1, 1)) substr(title, 2)
	text = ""
	next
}
/^--/ {
	line = $0
	sub(/^-- ?/, "", line)
	text = text (text == "" ? "" : "\n") line
	next
}
/^CREATE (TABLE|VIEW)/ {
	printf "\n### %s\n", $3
	intro = 0
	if (text ~ /^\[I\]/) writer = "Written by ingest."
	else if (text ~ /^\[A\]/) writer = "Written by analyze."
	else writer = ""
	sub(/^\[[IA]\] ?/, "", text)
	printf "\n"
	if (writer != "") printf "%s%s", writer, text == "" ? "\n\n" : " "
	if (text != "") printf "%s\n\n", text
	print "```sql"
	inside = 1
}
inside {
	print
	if ($0 ~ /;[ \t]*$/ && $0 !~ /^ *--/) { print "```"; inside = 0; text = "" }
	next
}
/^$/ { if (intro && text != "") { printf "\n%s\n", text } text = "" }
/^PRAGMA/ { if (intro && text != "") printf "\n%s\n", text; intro = 0; text = "" }
