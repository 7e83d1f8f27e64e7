package dev.ganglion.encoder.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.data.Options;
import dev.ganglion.api.data.Stage;
import dev.ganglion.api.data.Tensor;
import dev.ganglion.api.data.TensorSpec;
import dev.ganglion.testkit.Tensors;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WindowEncoderTest {
    private static final WindowEncoder ENCODER = new WindowEncoder();

    private final List<float[]> windows = new ArrayList<>();

    private static Options options(String... given) {
        Map<String, String> options = new HashMap<>();
        for (String each : given) {
            options.put(
                    each.substring(0, each.indexOf('=')), each.substring(each.indexOf('=') + 1));
        }
        return Options.of("encode:window", ENCODER.options(), options, Path.of(""));
    }

    private static Stage<Tensor, Tensor> open(String... given) {
        return ENCODER.open(options(given));
    }

    private void keep(Tensor window) {
        windows.add(Tensors.floats(window));
    }

    /** Rows of two: 1 and -1, 2 and -2, and so on. */
    private static Tensor rows(int from, int to) {
        Tensor rows = Tensor.allocate(Tensor.Type.FLOAT32, to - from + 1, 2);
        for (int i = from; i <= to; i++) {
            rows.floats().put(2 * (i - from), i);
            rows.floats().put(2 * (i - from) + 1, -i);
        }
        return rows;
    }

    private static void refuses(String[] given, String... words) {
        for (Runnable call :
                List.<Runnable>of(
                        () -> ENCODER.input(options(given)),
                        () -> ENCODER.output(options(given)),
                        () -> open(given))) {
            assertThatThrownBy(call::run)
                    .isInstanceOfSatisfying(
                            GanglionException.class,
                            refused -> assertThat(refused.kind()).isEqualTo(Kind.SETUP))
                    .hasMessageStartingWith("encode:window")
                    .hasMessageNotContaining("\n")
                    .message()
                    .contains(words);
        }
    }

    private static String[] given(String... given) {
        return given;
    }

    // What it takes and gives

    @Test
    void rowsOfPlainNumbersBecomeOneWindowOfRows() {
        Options options = options("columns=2", "length=64");
        assertThat(ENCODER.input(options))
                .isEqualTo(TensorSpec.of("rows", Tensor.Type.FLOAT32, "1", -1, 2));
        assertThat(ENCODER.output(options))
                .isEqualTo(TensorSpec.of("window", Tensor.Type.FLOAT32, "1", 1, 64, 2));
    }

    @Test
    void byColumnsTimeIsTheLastAxis() {
        Options options = options("columns=2", "length=64", "layout=columns");
        assertThat(ENCODER.input(options).shape()).containsExactly(-1L, 2L);
        assertThat(ENCODER.output(options).shape()).containsExactly(1L, 2L, 64L);
    }

    @Test
    void unitsThatDifferAreGivenForEachColumn() {
        Options options = options("columns=3", "length=5", "units=Cel, %,lx");
        assertThat(ENCODER.input(options).unit()).isEqualTo("Cel,%,lx");
        assertThat(ENCODER.output(options).unit()).isEqualTo("Cel,%,lx");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Cel", "Cel,Cel"})
    void unitsThatAreEqualAreOne(String units) {
        assertThat(ENCODER.input(options("columns=2", "length=5", "units=" + units)).unit())
                .isEqualTo("Cel");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mean=3", "deviation=3"})
    void whatIsNormalisedIsAPlainNumber(String normalisation) {
        Options options = options("columns=2", "length=5", "units=Cel", normalisation);
        assertThat(ENCODER.input(options).unit()).isEqualTo("Cel");
        assertThat(ENCODER.output(options).unit()).isEqualTo("1");
    }

    // What comes out

    @Test
    void withoutAHopWindowsLieSideBySide() {
        Stage<Tensor, Tensor> stage = open("columns=2", "length=3");
        stage.push(rows(1, 2), this::keep);
        assertThat(windows).isEmpty();
        stage.push(rows(3, 8), this::keep);
        assertThat(windows)
                .containsExactly(
                        new float[] {1, -1, 2, -2, 3, -3}, new float[] {4, -4, 5, -5, 6, -6});
    }

    @Test
    void aShorterHopMakesWindowsOverlap() {
        open("columns=2", "length=3", "hop=1").push(rows(1, 5), this::keep);
        assertThat(windows)
                .containsExactly(
                        new float[] {1, -1, 2, -2, 3, -3},
                        new float[] {2, -2, 3, -3, 4, -4},
                        new float[] {3, -3, 4, -4, 5, -5});
    }

    @Test
    void aLongerHopLeavesRowsOut() {
        open("columns=2", "length=2", "hop=5").push(rows(1, 12), this::keep);
        assertThat(windows)
                .containsExactly(
                        new float[] {1, -1, 2, -2},
                        new float[] {6, -6, 7, -7},
                        new float[] {11, -11, 12, -12});
    }

    @Test
    void aWindowOfOneRowIsThatRow() {
        open("columns=2", "length=1").push(rows(1, 2), this::keep);
        assertThat(windows).containsExactly(new float[] {1, -1}, new float[] {2, -2});
    }

    @Test
    void byColumnsTheValuesOfAColumnLieSideBySide() {
        open("columns=2", "length=3", "hop=2", "layout=columns").push(rows(1, 5), this::keep);
        assertThat(windows)
                .containsExactly(
                        new float[] {1, 2, 3, -1, -2, -3}, new float[] {3, 4, 5, -3, -4, -5});
    }

    @Test
    void eachColumnHasItsMeanAndItsDeviation() {
        open("columns=2", "length=2", "mean=1, -1", "deviation=0.5,4").push(rows(1, 2), this::keep);
        assertThat(windows).containsExactly(new float[] {0, 0, 2, -0.25f});
    }

    @Test
    void oneMeanAndOneDeviationHoldForAllColumns() {
        open("columns=2", "length=2", "mean=1", "deviation=2", "layout=columns")
                .push(rows(1, 2), this::keep);
        assertThat(windows).containsExactly(new float[] {0, 0.5f, -1, -1.5f});
    }

    @Test
    void aFlushDropsTheWindowThatIsNotComplete() {
        Stage<Tensor, Tensor> stage = open("columns=2", "length=3", "hop=1");
        stage.push(rows(1, 2), this::keep);
        stage.flush(this::keep);
        stage.push(rows(7, 8), this::keep);
        assertThat(windows).isEmpty();
        stage.push(rows(9, 9), this::keep);
        assertThat(windows).containsExactly(new float[] {7, -7, 8, -8, 9, -9});
    }

    @ParameterizedTest
    @ValueSource(strings = {"rows", "columns"})
    void aPushAllocatesNothing(String layout) {
        Tensor rows = Tensor.allocate(Tensor.Type.FLOAT32, 5, 14);
        Tensors.fill(rows, new Random(0));
        Consumer<Tensor> out = window -> {};
        Stage<Tensor, Tensor> stage =
                open("columns=14", "length=64", "hop=2", "mean=3", "layout=" + layout);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        // The least of a few tries: now and then the JVM allocates something of its own.
        long fewest = Long.MAX_VALUE;
        for (int tried = 0; tried < 6; tried++) {
            long before = threads.getThreadAllocatedBytes(thread);
            for (int round = 0; round < 5_000; round++) {
                stage.push(rows, out);
            }
            stage.flush(out);
            fewest = Math.min(fewest, threads.getThreadAllocatedBytes(thread) - before);
        }
        assertThat(fewest).isZero();
    }

    // What is refused

    @ParameterizedTest
    @ValueSource(strings = {"columns=2", "length=5"})
    void theNumbersOfColumnsAndOfRowsMustBeGiven(String only) {
        refuses(given(only), "needs the option", only.equals("columns=2") ? "length" : "columns");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mean=1,2", "deviation=1,2,3,4", "units=Cel,%", "mean=1,2,3,"})
    void aListOfAnotherLengthThanTheColumnsIsRefused(String list) {
        String[] parts = list.split("=");
        refuses(
                given("columns=3", "length=5", list),
                "'" + parts[0] + "'",
                "3 columns",
                "found " + parts[1].split(",", -1).length + ": " + parts[1]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mean=1,x", "deviation=1,NaN", "mean=0,1e999", "deviation=1,"})
    void whatIsNoFiniteNumberIsRefused(String list) {
        String[] parts = list.split("[=,]", -1);
        refuses(
                given("columns=2", "length=5", list),
                "'" + parts[0] + "'",
                "found '" + parts[2] + "' for column 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1e-60"})
    void aDeviationThatIsNotAboveZeroIsRefused(String deviation) {
        refuses(
                given("columns=2", "length=5", "deviation=1," + deviation),
                "'deviation' is above 0",
                "for column 2");
    }

    @Test
    void aMissingUnitIsRefused() {
        refuses(given("columns=2", "length=5", "units=Cel,"), "'units'", "column 2", "'Cel,'");
    }

    @Test
    void aWindowOfTooManyValuesIsRefused() {
        refuses(given("columns=1000", "length=16778"), "16777216 values", "found 16778 times 1000");
    }

    @Test
    void aReadingThatIsNoNumberIsRefusedByItsRowAndColumn() {
        for (float bad :
                new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            Stage<Tensor, Tensor> stage = open("columns=2", "length=3");
            stage.push(rows(1, 4), this::keep);
            Tensor broken = rows(5, 7);
            broken.floats().put(3, bad);
            assertThatThrownBy(() -> stage.push(broken, this::keep))
                    .isInstanceOfSatisfying(
                            GanglionException.class,
                            refused -> assertThat(refused.kind()).isEqualTo(Kind.INPUT))
                    .hasMessageStartingWith("encode:window: ")
                    .message()
                    .contains("found " + bad, "row 6 of the utterance, column 2 of 2");
            assertThatThrownBy(() -> stage.push(broken, this::keep))
                    .message()
                    .contains("row 2 of the utterance");
        }
    }

    @Test
    void aReadingThatIsInfiniteOnceNormalisedIsRefused() {
        Stage<Tensor, Tensor> stage = open("columns=2", "length=3", "deviation=1e-30");
        Tensor large = Tensors.of(new float[] {0, 1e10f}, 1, 2);
        assertThatThrownBy(() -> stage.push(large, this::keep))
                .isInstanceOf(GanglionException.class)
                .message()
                .contains("finite once normalised", "found 1.0E10", "row 1", "column 2");
    }

    @Test
    void anotherNumberOfColumnsOrAnotherTypeIsRefused() {
        Stage<Tensor, Tensor> stage = open("columns=3", "length=3");
        assertThatThrownBy(() -> stage.push(rows(1, 2), this::keep))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("encode:window takes rows of 3: shape [-1, 3] expected");
        assertThatThrownBy(() -> stage.push(Tensor.allocate(Tensor.Type.INT32, 1, 3), this::keep))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("type FLOAT32 expected");
    }
}
