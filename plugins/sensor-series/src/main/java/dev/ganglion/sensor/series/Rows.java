package dev.ganglion.sensor.series;

import dev.ganglion.api.data.GanglionException;
import org.jspecify.annotations.Nullable;

/** Takes lines apart, headers first, and gives rows to the readings. One thread at a time. */
final class Rows implements LineCutter.Lines {
    private final Columns columns;
    private final Readings readings;
    private final boolean header;
    private final boolean live;
    private final CsvLine csv;
    private final JsonLine json;
    private final Row row;

    private String source = "";
    private @Nullable Layout layout;
    private boolean rowsSeen;

    /**
     * @param header whether the first line of a source is one
     * @param live whether rows may be of different lengths, and a header that does not fit may be
     *     followed by one that does
     */
    Rows(Columns columns, Readings readings, String delimiter, boolean header, boolean live) {
        this.columns = columns;
        this.readings = readings;
        this.header = header;
        this.live = live;
        this.csv = new CsvLine(delimiter);
        this.json = new JsonLine(columns.names());
        this.row = new Row(columns.size());
    }

    /**
     * Starts another source.
     *
     * @param name its stream
     */
    void begin(String name) {
        source = name;
        layout = null;
        rowsSeen = false;
    }

    /**
     * Goes on with a source of which rows came before, or with another one whose rows are the same.
     */
    void goOn(String name) {
        source = name;
    }

    /**
     * Looks whether the columns are there, and gives nothing to the readings.
     *
     * @param text the first line of a file
     * @throws GanglionException of kind SETUP when they are not
     */
    void layOutBy(char[] text, int length) {
        if (!startsObject(text, length) && csv.parse(text, length) == null) {
            layOut(1);
        }
    }

    @Override
    public boolean isClosed() {
        return readings.isClosed();
    }

    @Override
    public void line(long number, char[] text, int length) {
        try {
            String wrong = take(number, text, length);
            if (wrong != null) {
                readings.unreadable(source, number, wrong + "; the reading is left out");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void unreadable(long number, String what) {
        try {
            readings.unreadable(source, number, what);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable String take(long number, char[] text, int length)
            throws InterruptedException {
        String wrong;
        if (startsObject(text, length)) {
            wrong = json.fill(row, text, length);
        } else {
            wrong = csv.parse(text, length);
            Layout known = layout;
            if (wrong == null && known == null) {
                known = layOut(number);
                layout = known;
                if (known == null || header) {
                    return null;
                }
            }
            if (wrong == null && known != null) {
                if (header && !rowsSeen) {
                    rowsSeen = true;
                    known = known.shiftedFor(csv);
                    layout = known;
                }
                wrong = known.fill(row, csv);
            }
        }
        if (wrong == null) {
            readings.take(source, number, row);
        }
        return wrong;
    }

    private static boolean startsObject(char[] text, int length) {
        for (int i = 0; i < length; i++) {
            if (text[i] > ' ') {
                return text[i] == '{';
            }
        }
        return false;
    }

    /**
     * Looks where the columns stand.
     *
     * @return null when that was not to be seen, which was reported
     * @throws GanglionException of kind SETUP when that cannot be seen from a later line either
     */
    private @Nullable Layout layOut(long number) {
        try {
            if (header) {
                return columns.byName(source, csv);
            }
            if (!live) {
                return columns.byNumber(source, csv.size());
            }
            if (columns.numbered()) {
                return columns.byNumber(source, 0);
            }
            return columns.inOrder(source);
        } catch (GanglionException notThere) {
            if (!live) {
                throw notThere;
            }
            readings.sink().failed(source, number, notThere);
            return null;
        }
    }
}
