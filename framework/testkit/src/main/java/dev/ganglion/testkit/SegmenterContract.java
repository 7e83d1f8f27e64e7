package dev.ganglion.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.Plugin;
import dev.ganglion.api.data.Sample;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.api.encode.Segmenter;
import dev.ganglion.api.infer.Session;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * What every segmenter keeps to. A vendor's test says which segmenter, gives a stream in which
 * there are some utterances and, when the segmenter runs a model, sessions of it.
 */
public abstract class SegmenterContract extends PluginContract {
    private static final String STREAM = "kit";
    private static final long START_NANOS = -5_000_000_000L;
    private static final double DEFAULT_RATE_HZ = 100;
    private static final int CUTS = 10;
    private static final int PLACES = 40;

    /** A segmenter's test needs no constructor. */
    protected SegmenterContract() {}

    /** {@return the segmenter under test} */
    protected abstract Segmenter segmenter();

    /**
     * {@return a stream with two utterances or more, and more after the last than it takes to close
     * it; to be cut along its first axis}
     */
    protected abstract Tensor content();

    /** {@return the options to open it with; none unless overridden} */
    protected Map<String, String> options() {
        return Map.of();
    }

    /**
     * Opens a session of a model, which the segmenter has to close; fails unless overridden.
     *
     * @param name as the segmenter asks for it
     */
    protected Session session(String name) {
        return override("session(name): the segmenter asks for the model '" + name + "'");
    }

    /**
     * {@return tensors that a push refuses; by default one of another type and one with an axis
     * more}
     */
    protected List<Tensor> brokenItems() {
        Tensor good = content();
        Tensor.Type other =
                good.type() == Tensor.Type.FLOAT32 ? Tensor.Type.INT32 : Tensor.Type.FLOAT32;
        long[] longer = Arrays.copyOf(good.shape(), good.rank() + 1);
        longer[good.rank()] = 1;
        return List.of(Tensor.allocate(other, good.shape()), Tensor.allocate(good.type(), longer));
    }

    @Override
    final Plugin plugin() {
        return segmenter();
    }

    private Stage<Sample<Tensor>, Sample<Tensor>> open(Function<String, Session> models) {
        return segmenter().open(optionsOf(options()), models);
    }

    private Stage<Sample<Tensor>, Sample<Tensor>> open() {
        return open(this::session);
    }

    /** The content in portions; the time of each is that of its last row. */
    private List<Sample<Tensor>> portions(Random random) {
        // Each seed cuts into portions of another order of size, single rows included.
        int rows = (int) content().size(0);
        return portions(1 + random.nextInt(1 + random.nextInt(rows)), random);
    }

    private List<Sample<Tensor>> portions(int longest, Random random) {
        Tensor whole = content();
        double rateHz = segmenter().input(optionsOf(options())).rateHz();
        double rowNanos = 1e9 / (rateHz == 0 ? DEFAULT_RATE_HZ : rateHz);
        int rows = (int) whole.size(0);
        int rowBytes = whole.bytes().capacity() / rows;
        List<Sample<Tensor>> items = new ArrayList<>();
        for (int row = 0; row < rows; ) {
            int portion = Math.min(rows - row, 1 + random.nextInt(longest));
            long[] shape = whole.shape();
            shape[0] = portion;
            Tensor item = Tensor.allocate(whole.type(), shape);
            item.bytes().put(0, whole.bytes(), row * rowBytes, portion * rowBytes);
            row += portion;
            items.add(sample(items.size() + 1, START_NANOS + (long) (row * rowNanos), item));
        }
        return items;
    }

    private static Sample<Tensor> sample(long sequence, long nanos, Tensor value) {
        return new Sample<>(STREAM, sequence, nanos, value, false);
    }

    private static Sample<Tensor> copy(Sample<Tensor> result) {
        return new Sample<>(
                result.stream(),
                result.sequence(),
                result.capturedNanos(),
                Tensors.copy(result.value()),
                result.last());
    }

    private List<Sample<Tensor>> results(List<Sample<Tensor>> items) {
        List<Sample<Tensor>> results = new ArrayList<>();
        try (Stage<Sample<Tensor>, Sample<Tensor>> stage = open()) {
            for (Sample<Tensor> item : items) {
                stage.push(item, result -> results.add(copy(result)));
            }
            stage.flush(result -> results.add(copy(result)));
        }
        return results;
    }

    @Test
    void itTakesAndGivesTensorsWithUnits() {
        for (TensorSpec spec :
                List.of(
                        segmenter().input(optionsOf(options())),
                        segmenter().output(optionsOf(options())))) {
            assertThat(spec.type()).as("type of " + spec).isNotEqualTo(Tensor.Type.TEXT);
            assertThat(spec.unit()).as("unit of " + spec).isNotBlank();
        }
    }

    @Test
    void theRateStaysAsItIs() {
        assertThat(segmenter().output(optionsOf(options())).rateHz())
                .isEqualTo(segmenter().input(optionsOf(options())).rateHz());
    }

    @Test
    void eachResultFitsTheOutput() {
        TensorSpec output = segmenter().output(optionsOf(options()));
        assertThat(results(portions(new Random(0))))
                .isNotEmpty()
                .allSatisfy(
                        result ->
                                assertThat(output.mismatch(result.value()))
                                        .as("" + output)
                                        .isNull());
    }

    @Test
    void eachUtteranceHoldsSomethingAndEndsOnce() {
        for (int seed = 0; seed < CUTS; seed++) {
            List<Sample<Tensor>> results = results(portions(new Random(seed)));
            int utterances = 0;
            int elements = 0;
            for (Sample<Tensor> result : results) {
                elements += result.value().elements();
                if (result.last()) {
                    assertThat(elements).as("elements of utterance " + utterances).isPositive();
                    elements = 0;
                    utterances++;
                }
            }
            assertThat(utterances).as("utterances that ended, seed " + seed).isGreaterThan(1);
            assertThat(results.get(results.size() - 1).last())
                    .as("the last result ends an utterance, seed " + seed)
                    .isTrue();
        }
    }

    @Test
    void anUtteranceEndsByItself() {
        List<Sample<Tensor>> beforeTheFlush = new ArrayList<>();
        try (Stage<Sample<Tensor>, Sample<Tensor>> stage = open()) {
            for (Sample<Tensor> item : portions(new Random(0))) {
                stage.push(item, result -> beforeTheFlush.add(copy(result)));
            }
        }
        assertThat(beforeTheFlush).filteredOn(Sample::last).hasSizeGreaterThan(1);
    }

    @Test
    void aFlushClosesAnUtteranceThatIsOpen() {
        int longest = 1 + (int) content().size(0) / PLACES;
        List<Sample<Tensor>> items = portions(longest, new Random(0));
        int closed = 0;
        for (int count = 1; count < items.size(); count++) {
            boolean[] isOpen = {false};
            List<Sample<Tensor>> flushed = new ArrayList<>();
            try (Stage<Sample<Tensor>, Sample<Tensor>> stage = open()) {
                for (Sample<Tensor> item : items.subList(0, count)) {
                    stage.push(item, result -> isOpen[0] = !result.last());
                }
                stage.flush(result -> flushed.add(copy(result)));
            }
            if (isOpen[0]) {
                assertThat(flushed).as("flush after " + count + " items").isNotEmpty();
            }
            if (!flushed.isEmpty()) {
                closed++;
                assertThat(flushed.get(flushed.size() - 1).last())
                        .as("the flush after " + count + " items ends the utterance")
                        .isTrue();
            }
        }
        assertThat(closed).as("places of content() at which an utterance is open").isPositive();
    }

    @Test
    void theStreamIsThatOfTheInput() {
        assertThat(results(portions(new Random(0))))
                .extracting(Sample::stream)
                .containsOnly(STREAM);
    }

    @Test
    void theSequenceRisesAlsoAcrossAFlush() {
        List<Long> sequence = new ArrayList<>();
        try (Stage<Sample<Tensor>, Sample<Tensor>> stage = open()) {
            for (int seed = 0; seed < 2; seed++) {
                for (Sample<Tensor> item : portions(new Random(seed))) {
                    stage.push(item, result -> sequence.add(result.sequence()));
                }
                stage.flush(result -> sequence.add(result.sequence()));
            }
        }
        for (int i = 1; i < sequence.size(); i++) {
            assertThat(sequence.get(i)).as("result " + i).isGreaterThan(sequence.get(i - 1));
        }
    }

    @Test
    void theTimesDoNotFallAndAreThoseOfTheInput() {
        for (int seed = 0; seed < CUTS; seed++) {
            List<Sample<Tensor>> items = portions(new Random(seed));
            long before = items.get(0).capturedNanos();
            for (Sample<Tensor> result : results(items)) {
                assertThat(result.capturedNanos())
                        .as("time of result " + result.sequence() + ", seed " + seed)
                        .isBetween(before, items.get(items.size() - 1).capturedNanos());
                before = result.capturedNanos();
            }
        }
    }

    @Test
    void noResultIsFromTheFuture() {
        long[] latest = {START_NANOS};
        try (Stage<Sample<Tensor>, Sample<Tensor>> stage = open()) {
            for (Sample<Tensor> item : portions(new Random(1))) {
                latest[0] = item.capturedNanos();
                stage.push(
                        item,
                        result ->
                                assertThat(result.capturedNanos()).isLessThanOrEqualTo(latest[0]));
            }
            stage.flush(
                    result -> assertThat(result.capturedNanos()).isLessThanOrEqualTo(latest[0]));
        }
    }

    @Test
    void theSessionsThatItOpenedAreClosedWithIt() {
        List<CountedSession> sessions = new ArrayList<>();
        Stage<Sample<Tensor>, Sample<Tensor>> stage =
                open(
                        name -> {
                            CountedSession session = new CountedSession(session(name));
                            sessions.add(session);
                            return session;
                        });
        for (Sample<Tensor> item : portions(new Random(0))) {
            stage.push(item, result -> {});
        }
        stage.close();
        stage.close();
        assumeGiven(!sessions.isEmpty(), "the segmenter, which runs no model,");
        assertThat(sessions).allSatisfy(session -> assertThat(session.closed).isTrue());
    }

    /** Knows whether it was closed. */
    private static final class CountedSession implements Session {
        private final Session session;
        private boolean closed;

        CountedSession(Session session) {
            this.session = session;
        }

        @Override
        public Tensor input(String name, long... shape) {
            return session.input(name, shape);
        }

        @Override
        public void run() {
            session.run();
        }

        @Override
        public Tensor output(String name) {
            return session.output(name);
        }

        @Override
        public void reset() {
            session.reset();
        }

        @Override
        public void cancel() {
            session.cancel();
        }

        @Override
        public boolean usable() {
            return session.usable();
        }

        @Override
        public void close() {
            closed = true;
            session.close();
        }
    }

    /** The work on one stream. */
    @Nested
    class Stages extends StageContract<Sample<Tensor>, Sample<Tensor>> {
        @Override
        protected Stage<Sample<Tensor>, Sample<Tensor>> stage() {
            return open();
        }

        @Override
        protected List<Sample<Tensor>> cut(Random random) {
            return portions(random);
        }

        /** How much one result holds may depend on the cut, so its shape is not written. */
        @Override
        protected void write(Sample<Tensor> result, StringBuilder into) {
            Tensor value = result.value();
            String described = Tensors.describe(value);
            String elements = described.substring(value.toString().length() + 1);
            if (!elements.isEmpty()) {
                into.append(elements).append(", ");
            }
            if (result.last()) {
                into.append("last\n");
            }
        }

        @Override
        protected List<Sample<Tensor>> brokenItems() {
            List<Sample<Tensor>> broken = new ArrayList<>();
            for (Tensor value : SegmenterContract.this.brokenItems()) {
                broken.add(sample(1, START_NANOS, value));
            }
            return broken;
        }

        @Override
        protected void spoil(Sample<Tensor> item) {
            Tensors.fill(item.value(), new Random(-1));
        }
    }
}
