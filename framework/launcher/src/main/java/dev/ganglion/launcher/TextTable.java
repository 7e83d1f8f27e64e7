package dev.ganglion.launcher;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Rows under headings, as wide as they need; columns of numbers are aligned to the right. */
final class TextTable {
    private static final Pattern NUMBER = Pattern.compile("[\\d.,/-]*");
    private static final String GAP = "  ";

    private final List<String> headings;
    private final List<List<String>> rows = new ArrayList<>();

    TextTable(String... headings) {
        this.headings = List.of(headings);
    }

    /** Adds a row; what is null becomes empty. */
    TextTable row(@Nullable Object... cells) {
        if (cells.length != headings.size()) {
            throw new IllegalArgumentException(
                    headings.size() + " cells expected, " + cells.length + " found");
        }
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(cell == null ? "" : shown(String.valueOf(cell)));
        }
        rows.add(row);
        return this;
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    void print(PrintStream out) {
        out.println(line(headings));
        rows.forEach(row -> out.println(line(row)));
    }

    private String line(List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            int column = i;
            int width = headings.get(i).length();
            for (List<String> row : rows) {
                width = Math.max(width, row.get(i).length());
            }
            boolean numbers =
                    !rows.isEmpty()
                            && rows.stream()
                                    .allMatch(row -> NUMBER.matcher(row.get(column)).matches());
            line.append(i == 0 ? "" : GAP)
                    .append(
                            String.format(
                                    Locale.ROOT,
                                    numbers ? "%" + width + "s" : "%-" + width + "s",
                                    cells.get(i)));
        }
        return line.toString().stripTrailing();
    }

    /**
     * {@return a text on one line, in which nothing moves the cursor, rings, or turns the writing
     * around: such characters are shown by their numbers}
     */
    static String shown(String text) {
        StringBuilder shown = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isShowable(c)) {
                shown = shown == null ? new StringBuilder(text.substring(0, i)) : shown;
                shown.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else if (shown != null) {
                shown.append(c);
            }
        }
        return shown == null ? text : shown.toString();
    }

    private static boolean isShowable(char c) {
        int type = Character.getType(c);
        return type != Character.CONTROL
                && type != Character.FORMAT
                && type != Character.LINE_SEPARATOR
                && type != Character.PARAGRAPH_SEPARATOR;
    }

    /** {@return bytes in megabytes, as people read them} */
    static String megabytes(@Nullable Object bytes) {
        return bytes instanceof Number number
                ? String.format(Locale.ROOT, "%.1f", number.doubleValue() / 1e6)
                : "";
    }
}
