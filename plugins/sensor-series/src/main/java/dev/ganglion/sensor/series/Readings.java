package dev.ganglion.sensor.series;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.sense.Sensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Turns rows into samples: knows the streams, watches their clocks, fills or refuses what is
 * missing, and says where an utterance ends. One thread at a time; per reading one {@link Sample}
 * is allocated.
 */
final class Readings {
    /** More streams than this are not remembered; the one that was silent longest is forgotten. */
    static final int MOST_STREAMS = 10_000;

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int SHOWN_CHARACTERS = 60;

    /** What is known about a stream. */
    private static final class Stream {
        final String source;
        final String value;
        final String base;
        final float[] before;
        String name;
        int part = 1;
        long clockNanos;
        boolean clocked;
        boolean given;
        boolean over;

        Stream(String source, String value, int columns) {
            this.source = source;
            this.value = value;
            this.base = value.isEmpty() ? source : source + "#" + value;
            this.name = base;
            this.before = new float[columns];
            Arrays.fill(before, Float.NaN);
        }
    }

    private final Columns columns;
    private final Rules rules;
    private final Ticker ticker;
    private final CountDownLatch closing;
    private final Sensor.Sink sink;
    private final Tensor tensor;
    private final float[] values;
    private final float[] heldBack;
    private final Map<String, Stream> streams = new LinkedHashMap<>(16, 0.75f, true);

    private @Nullable Stream current;
    private @Nullable Stream heldStream;
    private long heldSequence;
    private long heldDueNanos;
    private long dueNanos;
    private boolean paced;

    /**
     * @param closing open once nothing is wanted any more
     */
    Readings(
            Columns columns, Rules rules, Ticker ticker, CountDownLatch closing, Sensor.Sink sink) {
        this.columns = columns;
        this.rules = rules;
        this.ticker = ticker;
        this.closing = closing;
        this.sink = sink;
        this.tensor = Tensor.allocate(Tensor.Type.FLOAT32, 1, columns.size());
        this.values = new float[columns.size()];
        this.heldBack = new float[columns.size()];
    }

    boolean isClosed() {
        return closing.getCount() == 0;
    }

    /** {@return the sink of the route} */
    Sensor.Sink sink() {
        return sink;
    }

    /**
     * Takes a row.
     *
     * @param source the file, topic or port
     * @param sequence the row's number in the source, rising
     */
    void take(String source, long sequence, Row row) throws InterruptedException {
        Stream stream = stream(source, row.stream());
        if (stream.over) {
            fail(
                    stream,
                    sequence,
                    "rows of '"
                            + row.stream()
                            + "' were expected together, and these come after those of others; sort"
                            + " the file by streamColumn, or set utterance=reading");
            return;
        }
        if (inTime(stream, sequence, row) && complete(stream, sequence, row)) {
            System.arraycopy(values, 0, stream.before, 0, values.length);
            give(stream, sequence);
        }
    }

    /** Takes what is no row. It belongs to the stream that was heard last. */
    void unreadable(String source, long sequence, String what) throws InterruptedException {
        Stream stream = current;
        boolean known = stream != null && stream.source.equals(source);
        Stream mine = known && stream != null ? stream : new Stream(source, "", 0);
        if (rules.whenMissing() == Rules.Policy.ALARM && known) {
            alarm(mine, sequence, what);
        } else {
            fail(mine, sequence, what);
        }
    }

    /** Ends all streams of a source. */
    void endOfSource() throws InterruptedException {
        giveHeldBack(true);
        current = null;
        streams.clear();
    }

    private Stream stream(String source, String value) throws InterruptedException {
        Stream before = current;
        if (before != null && before.value.equals(value) && before.source.equals(source)) {
            return before;
        }
        if (before != null && rules.holdsBack()) {
            giveHeldBack(true);
            before.over = true;
        }
        Stream fresh = null;
        String key = value.isEmpty() ? source : source + "#" + value;
        Stream stream = streams.get(key);
        if (stream == null) {
            fresh = new Stream(source, value, columns.size());
            stream = fresh;
            streams.put(key, fresh);
            if (streams.size() > MOST_STREAMS) {
                streams.remove(streams.keySet().iterator().next());
            }
        }
        if (!stream.over || !rules.holdsBack()) {
            current = stream;
        }
        return stream;
    }

    /** Looks at the clock, and reports a reading that is out of time. */
    private boolean inTime(Stream stream, long sequence, Row row) throws InterruptedException {
        if (rules.time() == null && !rules.live()) {
            pass(rules.intervalNanos());
            return true;
        }
        long now;
        if (rules.time() == null) {
            now = ticker.nanos();
        } else {
            long millis = rules.time().applyAsLong(row.time());
            if (millis == TimeText.NONE) {
                missing(
                        stream,
                        sequence,
                        "a time was expected in the time column, found '"
                                + shown(row.time())
                                + "'; correct it, or set timeFormat");
                return false;
            }
            now = millis * NANOS_PER_MILLI;
        }
        long passedNanos = stream.clocked ? now - stream.clockNanos : 0;
        boolean first = !stream.clocked;
        stream.clocked = true;
        stream.clockNanos = now;
        pass(first ? rules.intervalNanos() : Math.max(0, passedNanos));
        if (passedNanos < 0) {
            alarm(
                    stream,
                    sequence,
                    "the clock ran backwards by "
                            + -passedNanos / NANOS_PER_MILLI
                            + " ms; the reading is left out and the stream starts anew");
            return false;
        }
        return rules.gapNanos() == 0
                || passedNanos <= rules.gapNanos()
                || inGap(stream, sequence, passedNanos);
    }

    private boolean inGap(Stream stream, long sequence, long passedNanos)
            throws InterruptedException {
        if (rules.whenGap() == Rules.Policy.HOLD) {
            return true;
        }
        String what =
                "readings at most "
                        + rules.gapNanos() / NANOS_PER_MILLI
                        + " ms apart were expected (gapMillis), and this one came after "
                        + passedNanos / NANOS_PER_MILLI
                        + " ms; the reading is left out";
        if (rules.whenGap() == Rules.Policy.ALARM) {
            alarm(stream, sequence, what + " and the stream starts anew");
        } else {
            fail(stream, sequence, what);
        }
        return false;
    }

    /** Fills the values, and reports a reading of which one is missing. */
    private boolean complete(Stream stream, long sequence, Row row) throws InterruptedException {
        for (int i = 0; i < values.length; i++) {
            Column column = columns.get(i);
            float value = column.value(row.cell(i));
            boolean held = false;
            if (Float.isNaN(value) && rules.whenMissing() == Rules.Policy.HOLD) {
                value = stream.before[i];
                held = true;
            }
            if (Float.isNaN(value)) {
                String cell = row.cell(i);
                missing(
                        stream,
                        sequence,
                        column.expected()
                                + " in column '"
                                + column.name()
                                + "', found "
                                + (cell.isEmpty() ? "nothing" : "'" + shown(cell) + "'")
                                + (held ? ", and there is no value before it to hold" : "")
                                + "; the reading is left out");
                return false;
            }
            values[i] = value;
        }
        return true;
    }

    private void missing(Stream stream, long sequence, String what) throws InterruptedException {
        if (rules.whenMissing() == Rules.Policy.ALARM) {
            alarm(stream, sequence, what + " and the stream starts anew");
        } else {
            fail(stream, sequence, what);
        }
    }

    static String shown(String text) {
        return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
    }

    /** Reports a reading and ends the utterance with the one before. */
    private void alarm(Stream stream, long sequence, String what) throws InterruptedException {
        if (rules.holdsBack()) {
            giveHeldBack(true);
        } else if (rules.wholeStream() && stream.given) {
            // Nothing that was given already can be made the last one; a new stream has no past.
            stream.part++;
            stream.name = stream.base + "~" + stream.part;
            stream.given = false;
        }
        Arrays.fill(stream.before, Float.NaN);
        fail(stream, sequence, what);
    }

    private void fail(Stream stream, long sequence, String what) {
        if (!isClosed()) {
            sink.failed(
                    stream.name,
                    sequence,
                    new GanglionException(
                            GanglionException.Kind.INPUT,
                            stream.name + ":" + sequence + ": " + what));
        }
    }

    private void pass(long nanos) {
        if (!paced) {
            paced = true;
            dueNanos = ticker.nanos();
        } else {
            dueNanos += nanos;
        }
    }

    private void give(Stream stream, long sequence) throws InterruptedException {
        if (!rules.holdsBack()) {
            give(stream, sequence, dueNanos, values, !rules.wholeStream());
            return;
        }
        giveHeldBack(false);
        heldStream = stream;
        heldSequence = sequence;
        heldDueNanos = dueNanos;
        System.arraycopy(values, 0, heldBack, 0, values.length);
    }

    private void giveHeldBack(boolean last) throws InterruptedException {
        Stream stream = heldStream;
        heldStream = null;
        if (stream != null) {
            give(stream, heldSequence, heldDueNanos, heldBack, last);
        }
    }

    private void give(Stream stream, long sequence, long due, float[] from, boolean last)
            throws InterruptedException {
        if (rules.realtime()) {
            ticker.await(due, closing);
        }
        if (isClosed()) {
            return;
        }
        for (int i = 0; i < from.length; i++) {
            tensor.floats().put(i, from[i]);
        }
        stream.given = true;
        Sample<Tensor> sample =
                new Sample<>(stream.name, sequence, System.nanoTime(), tensor, last);
        if (rules.live() || rules.realtime()) {
            sink.offer(sample);
        } else {
            sink.put(sample);
        }
    }
}
