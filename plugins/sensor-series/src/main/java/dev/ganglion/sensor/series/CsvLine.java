package dev.ganglion.sensor.series;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * Takes lines of CSV apart, one by one. A quote that is not closed spoils its own line only, for
 * the parser is shown one line at a time; after such a line there is a new parser.
 */
final class CsvLine {
    private final CSVFormat format;
    private final boolean blanks;
    private final Line line = new Line();
    private final List<String> cells = new ArrayList<>();
    private @Nullable Iterator<CSVRecord> parser;
    private boolean startsQuoted;

    /**
     * @param delimiter {@code comma}, {@code semicolon}, {@code tab} or {@code space} for any run
     *     of blanks
     */
    CsvLine(String delimiter) {
        blanks = "space".equals(delimiter);
        format =
                CSVFormat.DEFAULT
                        .builder()
                        .setDelimiter(
                                switch (delimiter) {
                                    case "comma" -> ',';
                                    case "semicolon" -> ';';
                                    case "tab" -> '\t';
                                    default -> ' ';
                                })
                        .setIgnoreSurroundingSpaces(true)
                        .get();
    }

    /**
     * Takes a line apart; its cells are there until the next one.
     *
     * @param text has room for one more character
     * @return null when it was done, else what is wrong with the line, as the end of a sentence
     */
    @Nullable String parse(char[] text, int length) {
        cells.clear();
        startsQuoted = length > 0 && text[0] == '"';
        for (int i = 0; i < length; i++) {
            if (text[i] == '\n' || text[i] == '\r') {
                return "one row was expected, found several lines; send each as one";
            }
            if (blanks && text[i] == '\t') {
                text[i] = ' ';
            }
        }
        line.show(text, length);
        try {
            Iterator<CSVRecord> records = parser;
            if (records == null) {
                records = CSVParser.builder().setReader(line).setFormat(format).get().iterator();
                parser = records;
            }
            CSVRecord record = records.next();
            for (int i = 0; i < record.size(); i++) {
                String cell = record.get(i).strip();
                if (!blanks || !cell.isEmpty()) {
                    cells.add(cell);
                }
            }
            return null;
        } catch (IOException | UncheckedIOException | IllegalStateException malformed) {
            parser = null;
            String why = malformed.getMessage();
            return "the line is no CSV ("
                    + (why == null ? malformed : why.replaceFirst("^.*Exception[^:]*: ", ""))
                    + "); correct its quotes";
        }
    }

    /** {@return whether the first cell stands in quotes} */
    boolean startsQuoted() {
        return startsQuoted;
    }

    int size() {
        return cells.size();
    }

    String cell(int index) {
        return cells.get(index);
    }

    List<String> cells() {
        return cells;
    }

    /** What the parser reads: one line, and then nothing more. */
    private static final class Line extends Reader {
        private char[] text = new char[0];
        private int at;
        private int end;

        void show(char[] newText, int length) {
            text = newText;
            text[length] = '\n';
            at = 0;
            end = length + 1;
        }

        @Override
        public int read(char[] into, int from, int length) {
            if (at == end) {
                return -1;
            }
            int count = Math.min(length, end - at);
            System.arraycopy(text, at, into, from, count);
            at += count;
            return count;
        }

        @Override
        public void close() {}
    }
}
