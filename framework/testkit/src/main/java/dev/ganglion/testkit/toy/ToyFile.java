package dev.ganglion.testkit.toy;

import dev.ganglion.api.data.GanglionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A toy model on disk: a line with the format's name, lines of numbers, and the line {@code end},
 * by which a truncated file is known.
 */
record ToyFile(Path path, List<float[]> rows) {
    private static final String END = "end";

    static ToyFile read(Path path, String format) {
        List<String> lines = linesOf(path);
        if (lines.isEmpty() || !lines.get(0).equals(format)) {
            String found = lines.isEmpty() ? "nothing" : "'" + lines.get(0) + "'";
            throw refused(path, "starts with the line '" + format + "'", found, null);
        }
        if (!lines.get(lines.size() - 1).equals(END)) {
            throw refused(
                    path,
                    "ends with the line 'end'",
                    "'" + lines.get(lines.size() - 1) + "'",
                    null);
        }
        List<float[]> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size() - 1)) {
            String[] words = line.trim().split(" +");
            float[] row = new float[words.length];
            for (int i = 0; i < words.length; i++) {
                try {
                    row[i] = Float.parseFloat(words[i]);
                } catch (NumberFormatException notANumber) {
                    throw refused(path, "holds numbers", "'" + words[i] + "'", notANumber);
                }
            }
            rows.add(row);
        }
        return new ToyFile(path, rows);
    }

    private static List<String> linesOf(Path path) {
        try {
            return Files.readAllLines(path, StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw refused(path, "is a text file", "none that can be read", unreadable);
        }
    }

    static void write(Path path, String format, List<float[]> rows) {
        StringBuilder text = new StringBuilder(format).append('\n');
        for (float[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                text.append(i == 0 ? "" : " ").append(row[i]);
            }
            text.append('\n');
        }
        try {
            Files.writeString(path, text.append(END).append('\n'));
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    /** The numbers of a row, of which there must be this many. */
    float[] row(int index, int length) {
        if (index >= rows.size() || rows.get(index).length != length) {
            String found = index >= rows.size() ? "none" : rows.get(index).length + " numbers";
            throw refused(
                    path,
                    String.format(Locale.ROOT, "has %d numbers in row %d", length, index + 1),
                    found,
                    null);
        }
        return rows.get(index).clone();
    }

    GanglionException refused(String expected, String found) {
        return refused(path, expected, found, null);
    }

    private static GanglionException refused(
            Path path, String expected, String found, @Nullable Throwable cause) {
        return new GanglionException(
                GanglionException.Kind.SETUP,
                path + ": a toy model " + expected + ", found " + found + "; write it again",
                cause);
    }
}
