package dev.ganglion.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ganglion.api.model.ModelId;
import dev.ganglion.runtime.flow.Lanes;
import dev.ganglion.runtime.model.Lease;
import dev.ganglion.runtime.model.ModelHost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * A runtime with versions of one model, whose score is the number of the version. After each test
 * nothing is open, nothing was used after it was freed, and no third version was in memory.
 */
abstract class Switches {
    static final ModelId FIRST = new ModelId("switch", "1");
    static final ModelId SECOND = new ModelId("switch", "2");
    static final ModelId THIRD = new ModelId("switch", "3");

    private static final Duration POLL = Duration.ofMillis(5);

    @TempDir Path folder;
    Toys toys;
    private int judgements;

    @BeforeEach
    void runtime() {
        toys = new Toys(folder);
    }

    @AfterEach
    void nothingIsLeft() {
        toys.close();
        await().pollInterval(POLL)
                .atMost(Toys.LIMIT)
                .untilAsserted(
                        () -> {
                            assertThat(toys.engine.openModels()).isZero();
                            assertThat(toys.engine.openSessions()).isZero();
                        });
        assertThat(toys.engine.usesAfterFree()).isZero();
        assertThat(toys.engine.mostOpenModels()).isLessThanOrEqualTo(2);
    }

    void useInstead(Toys others) {
        toys.close();
        toys = others;
    }

    ModelId version(int version) {
        return toys.store.linear("switch", "" + version, "", new float[] {0, version});
    }

    /** Writes the second version after the first one has begun to serve. */
    void firstServesAndSecondIsThere() {
        version(1);
        assertThat(served()).isEqualTo(FIRST);
        if (toys.plugins.generation() > toys.firstGeneration) {
            // Or else a look that is late finds the second one by itself.
            awaitLook();
        }
        version(2);
    }

    ModelId served() {
        try (Lease lease = toys.host.lease("switch", "test")) {
            return lease.source().id();
        }
    }

    void awaitServed(ModelId id) {
        await().pollInterval(POLL).atMost(Toys.LIMIT).until(() -> served().equals(id));
    }

    /** The version that answered. */
    static int answer(Lanes lanes) {
        return (int) Toys.message(lanes, Toys.row(1), "scores");
    }

    ModelHost.Replaced replace(ModelId next, String... keysAndValues) {
        return toys.host.replace(next, map(keysAndValues));
    }

    static Map<String, String> map(String... keysAndValues) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }

    List<String> decided() {
        return decided("switch");
    }

    List<String> decided(String name) {
        return toys.host.decided(name).stream().map(ModelHost.Decided::sentence).toList();
    }

    /** Waits for the last decision. */
    String awaitDecided(String part) {
        await().pollInterval(POLL)
                .atMost(Toys.LIMIT)
                .untilAsserted(
                        () ->
                                assertThat(decided())
                                        .last()
                                        .asString()
                                        .as(String.join("\n", decided()))
                                        .contains(part));
        return decided().get(decided().size() - 1);
    }

    String servingEngine() {
        return toys.host.serving().stream()
                .filter(each -> each.id().name().equals("switch"))
                .findFirst()
                .orElseThrow()
                .engine();
    }

    List<String> states() {
        return toys.host.serving().stream()
                .filter(each -> each.id().name().equals("switch"))
                .map(each -> each.id() + " " + each.state())
                .toList();
    }

    /** Waits until a look at all models, begun after this call, has ended. */
    void awaitLook() {
        try {
            toys.host.lookAgain().get(Toys.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until those on probation were judged after this call. */
    void awaitJudgement() {
        for (int i = 0; i < 2; i++) {
            ModelId base = toys.store.tokenSum("judged", "" + ++judgements, "");
            ModelId next = toys.store.tokenSum("judged", "" + ++judgements, "");
            toys.host.replace(base);
            toys.host.replace(
                    next,
                    map(
                            "strategy",
                            "blue-green",
                            "probationSeconds",
                            "0",
                            "probationMessages",
                            "0"));
            String passed = "model " + next + " serves instead of " + base;
            await().pollInterval(POLL)
                    .atMost(Toys.LIMIT)
                    .untilAsserted(
                            () ->
                                    assertThat(decided("judged"))
                                            .last()
                                            .asString()
                                            .startsWith(passed));
        }
    }
}
