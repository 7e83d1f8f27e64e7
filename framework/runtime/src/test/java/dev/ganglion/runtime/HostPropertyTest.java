package dev.ganglion.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.model.ModelId;
import dev.ganglion.runtime.flow.Lane;
import dev.ganglion.runtime.flow.Lanes;
import dev.ganglion.runtime.model.Lease;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Several threads do at random what messages, operators and bundles do. Whatever the order, a
 * message is answered by one version, nothing is used after it was freed, and at most two versions
 * are in memory. One seed again: {@code -Dganglion.seed=7}.
 */
class HostPropertyTest {
    private static final int SEEDS = 20;
    private static final int THREADS = 4;
    private static final int OPERATIONS = 400;
    private static final int VERSIONS = 6;
    private static final long DRAIN_LIMIT_MILLIS = 20;
    private static final String[] STRATEGIES = {"immediate", "blue-green", "canary", "shadow"};

    @TempDir Path folder;
    private Toys toys;
    private FaultyEngine[] engines;
    private volatile boolean refusing;
    private final AtomicInteger answers = new AtomicInteger();

    static LongStream seeds() {
        Long only = Long.getLong("ganglion.seed");
        return only == null ? LongStream.rangeClosed(1, SEEDS) : LongStream.of(only);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyAnswerIsOfOneVersionAndNothingIsUsedAfterItWasFreed(long seed) throws Exception {
        toys = new Toys(folder, DRAIN_LIMIT_MILLIS);
        engines =
                new FaultyEngine[] {
                    new FaultyEngine("toy", toys.engine), new FaultyEngine("other", toys.engine)
                };
        toys.plugins.remove(toys.engine);
        for (FaultyEngine engine : engines) {
            toys.plugins.add(engine, "the test");
        }
        toys.host.add(
                (next, model) -> {
                    model.open().close();
                    if (refusing) {
                        throw new GanglionException(Kind.SETUP, "the gate refuses");
                    }
                });
        for (int version = 1; version <= VERSIONS - 1; version++) {
            install(version);
        }
        try (Lanes lanes = toys.lanes("switch")) {
            List<Toys.Work<Void>> works = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Worker worker = new Worker(i, new Random(seed * THREADS + i), lanes);
                works.add(new Toys.Work<>(worker::work));
            }
            for (Toys.Work<Void> work : works) {
                work.get();
            }
            mend();
            // After all that it still answers, and can still be replaced.
            assertThat(Toys.message(lanes, Toys.row(1), "scores")).isBetween(1f, (float) VERSIONS);
            replaceWhenPossible();
            assertThat(Toys.message(lanes, Toys.row(1), "scores")).isEqualTo(1);
        } finally {
            toys.host.close();
        }
        await().atMost(Toys.LIMIT)
                .untilAsserted(
                        () -> {
                            assertThat(toys.engine.openModels()).isZero();
                            assertThat(toys.engine.openSessions()).isZero();
                        });
        assertThat(toys.engine.usesAfterFree()).isZero();
        assertThat(toys.engine.mostOpenModels()).isLessThanOrEqualTo(2);
        assertThat(answers.get()).isPositive();
    }

    private void install(int version) {
        toys.store.linear("switch", "" + version, "", new float[] {0, version});
    }

    private void mend() {
        refusing = false;
        for (FaultyEngine engine : engines) {
            engine.onLoad = null;
            engine.onRun = null;
            toys.plugins.remove(engine);
            toys.plugins.add(engine, "the test");
        }
    }

    /** Something may be under way in the background, and a version may be on probation. */
    private void replaceWhenPossible() {
        await().atMost(Toys.LIMIT)
                .until(
                        () -> {
                            try {
                                toys.host.replace(
                                        new ModelId("switch", "1"),
                                        Map.of("strategy", "immediate"));
                                return true;
                            } catch (GanglionException e) {
                                assertThat(e.kind()).as(e.getMessage()).isEqualTo(Kind.RETRY);
                                endProbation();
                                return false;
                            }
                        });
    }

    private void endProbation() {
        try {
            toys.host.promote("switch");
        } catch (GanglionException none) {
            assertThat(none.kind()).as(none.getMessage()).isEqualTo(Kind.RETRY);
        }
    }

    /** One thread: its choices follow from its seed, what meets what does not. */
    private final class Worker {
        private final int number;
        private final Random random;
        private final Lanes shared;
        private final Deque<Lease> leases = new ArrayDeque<>();
        private final Map<String, String> versions = new HashMap<>();
        private Lanes own;

        Worker(int number, Random random, Lanes shared) {
            this.number = number;
            this.random = random;
            this.shared = shared;
            this.own = toys.lanes("switch");
        }

        Void work() {
            try {
                for (int i = 0; i < OPERATIONS / THREADS; i++) {
                    try {
                        operation(random.nextInt(100));
                    } catch (GanglionException e) {
                        // What is refused is refused with its sentence; the state is checked by
                        // what follows.
                        assertThat(e.getMessage()).doesNotContain("\n");
                        assertThat(e.kind()).isNotEqualTo(Kind.INPUT);
                    }
                }
            } finally {
                own.close();
                leases.forEach(Lease::close);
            }
            return null;
        }

        private void operation(int choice) {
            if (choice < 40) {
                message(random.nextBoolean() ? shared : own, null, true);
            } else if (choice < 55) {
                message(own, "stream " + random.nextInt(2), random.nextInt(4) == 0);
            } else if (choice < 58) {
                leases.add(toys.host.lease("switch", "worker " + number));
            } else if (choice < 68) {
                Lease oldest = leases.poll();
                if (oldest != null) {
                    oldest.model().open().close();
                    oldest.close();
                }
            } else if (choice < 80) {
                replace();
            } else if (choice < 84) {
                toys.host.promote("switch");
            } else if (choice < 88) {
                toys.host.rollback("switch");
            } else if (choice < 90) {
                toys.host.engine("switch", random.nextBoolean() ? "toy" : "other");
            } else if (choice < 91) {
                refusing = random.nextInt(3) == 0;
            } else if (choice < 92) {
                engine().onLoad =
                        random.nextInt(3) == 0 ? new IllegalStateException("the load fails") : null;
            } else if (choice < 93) {
                engine().onRun =
                        random.nextInt(3) == 0
                                ? new GanglionException(Kind.REOPEN, "the session breaks")
                                : null;
            } else if (choice < 96) {
                FaultyEngine engine = engine();
                toys.plugins.remove(engine);
                toys.plugins.add(engine, "the test");
            } else if (choice < 97) {
                own.close();
                own = toys.lanes("switch");
                versions.clear();
            } else if (choice < 98) {
                own.closeSilent(-1);
                versions.clear();
            } else if (choice < 99) {
                install(VERSIONS);
                toys.host.lookAgain();
            } else {
                assertThat(toys.host.serving()).hasSizeLessThanOrEqualTo(3);
                toys.host.leases("switch").forEach(Lease::toString);
            }
        }

        private FaultyEngine engine() {
            return engines[random.nextInt(engines.length)];
        }

        private void message(Lanes lanes, String stream, boolean last) {
            Lane lane = lanes.acquire(stream, last);
            boolean ended = true;
            try {
                String version = lane.lease().source().id().version();
                String begun = stream == null ? null : versions.get(stream);
                if (begun != null) {
                    assertThat(version).as("within an utterance").isEqualTo(begun);
                }
                assertThat(Toys.step(lane, Toys.row(random.nextFloat()), "scores"))
                        .isEqualTo(Float.parseFloat(version));
                answers.incrementAndGet();
                ended = last;
                if (stream != null) {
                    versions.put(stream, version);
                }
            } finally {
                if (ended && stream != null) {
                    versions.remove(stream);
                }
                lane.lease().ended(lane.steps().inferNanos(), lane.steps().failed());
                lanes.release(lane, ended);
            }
        }

        private void replace() {
            Map<String, String> strategy = new HashMap<>();
            strategy.put("strategy", STRATEGIES[random.nextInt(STRATEGIES.length)]);
            strategy.put("share", "" + (1 + random.nextInt(99)));
            strategy.put("probationSeconds", "0");
            strategy.put("probationMessages", "" + random.nextInt(20));
            if (strategy.get("strategy").equals("immediate")) {
                strategy.put("drainFirst", "" + random.nextBoolean());
            }
            int version = 1 + random.nextInt(VERSIONS - 1);
            toys.host.replace(new ModelId("switch", "" + version), strategy);
        }
    }
}
