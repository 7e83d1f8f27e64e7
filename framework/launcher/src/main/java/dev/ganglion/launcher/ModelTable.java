package dev.ganglion.launcher;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Versions of models, as answers hold them, for people. */
final class ModelTable {
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private ModelTable() {}

    static TextTable of(List<Map<?, ?>> versions) {
        TextTable table =
                new TextTable(
                        "MODEL",
                        "VERSION",
                        "STATE",
                        "ENGINE",
                        "ISOLATION",
                        "FORMAT",
                        "LEASES",
                        "MAPPED MB",
                        "ALLOCATED MB",
                        "SINCE");
        for (Map<?, ?> version : versions) {
            boolean installed = "installed".equals(version.get("state"));
            table.row(
                    version.get("name"),
                    version.get("version"),
                    version.get("state"),
                    version.get("engine"),
                    version.get("isolation"),
                    version.get("format"),
                    installed ? "" : version.get("leases"),
                    installed ? "" : TextTable.megabytes(version.get("mappedBytes")),
                    installed ? "" : TextTable.megabytes(version.get("allocatedBytes")),
                    installed ? "" : clock(version.get("sinceMillis")));
        }
        return table;
    }

    /** {@return milliseconds since 1970 as the time of day here, empty when there are none} */
    static String clock(@Nullable Object millis) {
        long number = AskingCommand.number(millis);
        return number <= 0
                ? ""
                : CLOCK.format(Instant.ofEpochMilli(number).atZone(ZoneId.systemDefault()));
    }
}
