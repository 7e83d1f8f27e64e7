package dev.ganglion.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Functions of the C library, whose results are known. */
class CLibraryTest {
    private static final CLibrary C = CLibrary.standard();

    @Test
    void wholeNumbersKeepTheirSignAndTheirSize() {
        CFunction ofInt = C.function("abs", CType.INT, List.of(CType.INT));
        assertThat(ofInt.call(-7)).isEqualTo(7);
        CFunction ofLong = C.function("labs", CType.LONG, List.of(CType.LONG));
        assertThat(ofLong.call(-(1L << 40))).isEqualTo(1L << 40);
        CFunction toUpper = C.function("toupper", CType.INT, List.of(CType.INT));
        assertThat(toUpper.call(-1)).isEqualTo(-1);
        assertThat(toUpper.call('g')).isEqualTo('G');
    }

    @Test
    void floatsAndDoublesTravelAsTheirBits() {
        CFunction wide = C.function("strtod", CType.DOUBLE, List.of(CType.POINTER, CType.POINTER));
        CMemory text = CMemory.ofText("-2.5e3");
        assertThat(Double.longBitsToDouble(wide.call(text.address(), 0))).isEqualTo(-2500);
        CFunction narrow = C.function("strtof", CType.FLOAT, List.of(CType.POINTER, CType.POINTER));
        assertThat(Float.intBitsToFloat((int) narrow.call(text.address(), 0))).isEqualTo(-2500f);
        Reference.reachabilityFence(text);
        try (CLibrary mathematics = CLibrary.open(Fixtures.library("libm.so.6"))) {
            CFunction power =
                    mathematics.function("pow", CType.DOUBLE, List.of(CType.DOUBLE, CType.DOUBLE));
            long result = power.call(Double.doubleToRawLongBits(2), Double.doubleToRawLongBits(10));
            assertThat(Double.longBitsToDouble(result)).isEqualTo(1024);
            CFunction scaled =
                    mathematics.function("ldexpf", CType.FLOAT, List.of(CType.FLOAT, CType.INT));
            long bits = scaled.call(Float.floatToRawIntBits(-1.5f), 4);
            assertThat(Float.intBitsToFloat((int) bits)).isEqualTo(-24f);
        }
    }

    @Test
    void aFunctionWithoutResultGivesZero() {
        CMemory numbers = CMemory.allocate(8);
        CFunction swap =
                C.function("swab", CType.VOID, List.of(CType.POINTER, CType.POINTER, CType.LONG));
        numbers.bytes().put(0, new byte[] {1, 2, 3, 4});
        assertThat(swap.call(numbers.address(), numbers.address() + 4, 4)).isZero();
        assertThat(numbers.bytes().get(4)).isEqualTo((byte) 2);
    }

    @Test
    void memoryIsSharedInBothDirections() {
        CMemory target = CMemory.allocate(16);
        CMemory source = CMemory.ofText("gänglion");
        CFunction copy = C.function("strcpy", CType.POINTER, List.of(CType.POINTER, CType.POINTER));
        assertThat(copy.call(target.address(), source.address())).isEqualTo(target.address());
        assertThat(CMemory.text(target.address())).isEqualTo("gänglion");
        assertThat(CMemory.text(0)).isEmpty();
        ByteBuffer view = CMemory.view(target.address(), 16);
        assertThat(view.isDirect()).isTrue();
        view.put(0, (byte) 'G');
        assertThat(target.bytes().get(0)).isEqualTo((byte) 'G');
        target.bytes().putInt(0, 0x01020304);
        assertThat(view.getInt(0)).isEqualTo(0x01020304);
        target.copyFrom(source.address(), 4);
        assertThat(CMemory.text(target.address())).startsWith("gän");
        assertThatThrownBy(() -> target.copyFrom(source.address(), 17))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    /** {@code div} for 64-bit numbers gives a struct in registers, so our own C does this. */
    @Test
    void structsArePassedAndReturnedByValue() {
        try (CLibrary own = CLibrary.open(Fixtures.compiled())) {
            CType struct = CType.struct(56);
            CMemory taken = CMemory.allocate(56);
            for (int i = 0; i < 7; i++) {
                taken.bytes().putLong(8 * i, i + 1);
            }
            CFunction sum = own.function("sum", CType.LONG, List.of(CType.INT, struct));
            assertThat(sum.call(-100, taken.address())).isEqualTo(28 - 100);
            CFunction negated = own.function("negated", struct, List.of(struct, CType.BOOL));
            CMemory given = CMemory.allocate(56);
            assertThat(negated.call(given.address(), taken.address(), 1)).isZero();
            assertThat(given.bytes().getLong(48)).isEqualTo(-7);
            assertThat(taken.bytes().getLong(48)).isEqualTo(7);
            negated.call(given.address(), taken.address(), 0);
            assertThat(given.bytes().getLong(0)).isEqualTo(1);
        }
    }

    @Test
    void sixArgumentsOfMixedTypesArriveInOrder() {
        try (CLibrary own = CLibrary.open(Fixtures.compiled())) {
            CFunction mixed =
                    own.function(
                            "mixed",
                            CType.DOUBLE,
                            List.of(
                                    CType.INT,
                                    CType.FLOAT,
                                    CType.LONG,
                                    CType.DOUBLE,
                                    CType.BOOL,
                                    CType.POINTER));
            long bits =
                    mixed.call(
                            -1,
                            Float.floatToRawIntBits(0.5f),
                            1L << 33,
                            Double.doubleToRawLongBits(0.25),
                            1,
                            8);
            assertThat(Double.longBitsToDouble(bits)).isEqualTo(-1 + 0.5 + (1L << 33) + 0.25 + 9);
            assertThat(own.function("is_even", CType.BOOL, List.of(CType.INT)).call(4)).isOne();
            assertThat(own.function("is_even", CType.BOOL, List.of(CType.INT)).call(5)).isZero();
        }
    }

    @Test
    void cCallsJavaWhichCallsCAgain() {
        CFunction absolute = C.function("abs", CType.INT, List.of(CType.INT));
        CMemory numbers = CMemory.allocate(20);
        int[] unordered = {-3, 1, -5, 4, 2};
        for (int i = 0; i < 5; i++) {
            numbers.bytes().putInt(4 * i, unordered[i]);
        }
        CFunction sort =
                C.function(
                        "qsort",
                        CType.VOID,
                        List.of(CType.POINTER, CType.LONG, CType.LONG, CType.POINTER));
        try (CCallback byMagnitude =
                new CCallback(
                        CType.INT,
                        List.of(CType.POINTER, CType.POINTER),
                        (left, right, none) ->
                                absolute.call(CMemory.view(left, 4).getInt(0))
                                        - absolute.call(CMemory.view(right, 4).getInt(0)))) {
            sort.call(numbers.address(), 5, 4, byMagnitude.address());
        }
        List<Integer> sorted = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            sorted.add(numbers.bytes().getInt(4 * i));
        }
        assertThat(sorted).isEqualTo(Arrays.asList(1, 2, -3, 4, -5));
    }

    @Test
    void aCallbackIsToldItsArgumentsWithTheirSigns() {
        List<Long> told = new ArrayList<>();
        try (CLibrary own = CLibrary.open(Fixtures.compiled());
                CCallback callback =
                        new CCallback(
                                CType.VOID,
                                List.of(CType.INT, CType.POINTER, CType.BOOL),
                                (a, b, c) -> {
                                    told.addAll(List.of(a, b, c));
                                    return 0;
                                })) {
            own.function("tell", CType.VOID, List.of(CType.POINTER)).call(callback.address());
            assertThat(told).containsExactly(-2L, 77L, 1L);
        }
    }

    @Test
    void aClosedOrFailingCallbackGivesZero() {
        try (CLibrary own = CLibrary.open(Fixtures.compiled())) {
            CFunction ask = own.function("ask", CType.INT, List.of(CType.POINTER));
            CCallback answer = new CCallback(CType.INT, List.of(CType.INT), (a, b, c) -> a + 41);
            assertThat(ask.call(answer.address())).isEqualTo(42);
            answer.close();
            answer.close();
            assertThat(ask.call(answer.address())).isZero();

            List<Throwable> reported = new ArrayList<>();
            Thread thread = Thread.currentThread();
            Thread.UncaughtExceptionHandler before = thread.getUncaughtExceptionHandler();
            thread.setUncaughtExceptionHandler((where, thrown) -> reported.add(thrown));
            try (CCallback failing =
                    new CCallback(
                            CType.INT,
                            List.of(),
                            (a, b, c) -> {
                                throw new IllegalStateException("no answer");
                            })) {
                assertThat(ask.call(failing.address())).isZero();
            } finally {
                thread.setUncaughtExceptionHandler(before);
            }
            assertThat(reported)
                    .singleElement()
                    .hasToString("java.lang.IllegalStateException: no answer");
        }
    }

    @Test
    void aCallAllocatesNothingOnTheHeap() {
        CFunction absolute = C.function("labs", CType.LONG, List.of(CType.LONG));
        CFunction compare =
                C.function("memcmp", CType.INT, List.of(CType.POINTER, CType.POINTER, CType.LONG));
        CMemory memory = CMemory.allocate(8);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long fewest = Long.MAX_VALUE;
        long sum = 0;
        for (int round = 0; round < 20; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1000; i++) {
                sum += absolute.call(-i) + compare.call(memory.address(), memory.address(), 8);
            }
            fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
        }
        Reference.reachabilityFence(memory);
        assertThat(sum).isEqualTo(20 * 499_500);
        assertThat(fewest / 2000).isZero();
    }

    @Test
    void anotherNumberOfArgumentsIsRefused() {
        CFunction absolute = C.function("abs", CType.INT, List.of(CType.INT));
        for (Runnable call :
                List.<Runnable>of(
                        absolute::call,
                        () -> absolute.call(1, 2),
                        () -> absolute.call(1, 2, 3),
                        () -> absolute.call(1, 2, 3, 4),
                        () -> absolute.call(1, 2, 3, 4, 5),
                        () -> absolute.call(1, 2, 3, 4, 5, 6))) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("abs was declared with 1 arguments and called with ");
        }
        assertThat(absolute.call(-1)).isOne();
    }

    @Test
    void typesThatCannotTravelAreRefused() {
        assertThatThrownBy(() -> CType.struct(16)).hasMessageContaining("more than 16, found 16");
        assertThatThrownBy(() -> CType.struct(30)).hasMessageContaining("multiple of 8");
        assertThatThrownBy(() -> C.function("abs", CType.INT, List.of(CType.VOID)))
                .hasMessageContaining("arguments with a size, found abs[VOID]");
        assertThatThrownBy(
                        () ->
                                C.function(
                                        "abs",
                                        CType.struct(24),
                                        java.util.Collections.nCopies(6, CType.INT)))
                .hasMessageContaining("up to 6 arguments");
        assertThatThrownBy(() -> new CCallback(CType.FLOAT, List.of(), (a, b, c) -> 0))
                .hasMessageContaining("whole numbers and pointers");
        assertThatThrownBy(
                        () ->
                                new CCallback(
                                        CType.INT,
                                        java.util.Collections.nCopies(4, CType.INT),
                                        (a, b, c) -> 0))
                .hasMessageContaining("up to 3");
    }

    @Test
    void theBackendIsTheOneOfThisJava() {
        String expected = Runtime.version().feature() >= 22 ? "java.lang.foreign" : "JNA";
        assertThat(Backend.get().name()).startsWith(expected);
    }
}
