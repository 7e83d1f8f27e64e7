package dev.ganglion.worker;

import static dev.ganglion.worker.Workers.assertKind;
import static dev.ganglion.worker.Workers.await;
import static dev.ganglion.worker.Workers.inFlight;
import static dev.ganglion.worker.Workers.run;
import static dev.ganglion.worker.Workers.thrown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.infer.Session;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an engine throws in a worker arrives here, and the worker goes on where it can. */
class WorkerRefusalTest {
    @TempDir Path folder;
    private Workers workers;

    @BeforeEach
    void start() {
        workers = new Workers(folder, "worker.loadLimitMillis", "5000");
    }

    @AfterEach
    void end() {
        workers.close();
        await(() -> Left.folders(folder).isEmpty());
    }

    @Test
    void anEngineThatCannotBeMadeIsSaidSo() {
        Throwable refused = catchThrowable(() -> workers.probe(new UnmakeableEngine(true)));
        assertKind(refused, Kind.SETUP);
        assertThat(refused)
                .hasMessageContaining("dev.ganglion.worker.UnmakeableEngine")
                .hasMessageContaining("no library of that name");
    }

    @Test
    void anEngineWithoutAPublicConstructorIsRefused() {
        ProbeEngine probe = new ProbeEngine();
        IsolatedEngine hidden = new IsolatedEngine(probe, workers.isolation());
        Throwable refused = catchThrowable(() -> workers.probe(hidden));
        assertKind(refused, Kind.SETUP);
        assertThat(refused)
                .hasMessageContaining("dev.ganglion.worker.IsolatedEngine")
                .hasMessageContaining("public constructor without parameters was expected");
    }

    @Test
    void whatLoadRefusesIsThrownAsItIs() {
        Throwable refused = catchThrowable(() -> workers.probe("load", "refuse"));
        assertKind(refused, Kind.SETUP);
        assertThat(refused).hasMessage(folder.resolve("probe.bin") + " is not to its taste");
    }

    @Test
    void aWorkerThatEndsWhileItLoadsIsSaidSo() {
        Throwable refused = catchThrowable(() -> workers.probe("load", "exit"));
        assertKind(refused, Kind.SETUP);
        assertThat(refused)
                .hasMessageContaining("ended with exit code 7")
                .hasMessageContaining("it was loading");
    }

    @Test
    void aLoadThatTakesTooLongIsEnded() {
        Throwable refused = catchThrowable(() -> workers.probe("load", "hang"));
        assertKind(refused, Kind.SETUP);
        assertThat(refused)
                .hasMessageContaining("loading took more than 5000 ms")
                .hasMessageContaining("ganglion.worker.loadLimitMillis");
    }

    @Test
    void whatOpenRefusesIsThrownAsItIsAndTheWorkerLives() {
        try (WorkerModel model = workers.probe("open", "refuse")) {
            for (int i = 0; i < 2; i++) {
                Throwable refused = catchThrowable(model::open);
                assertKind(refused, Kind.RETRY);
                assertThat(refused).hasMessage("it is not in the mood");
            }
            assertThat(model.deaths()).isZero();
        }
    }

    @Test
    void whatRunThrowsIsThrownAsItIsAndTheSessionGoesOn() {
        try (WorkerModel model = workers.probe();
                Session session = model.open()) {
            Throwable refused = catchThrowable(() -> run(session, "what", ProbeEngine.THROW_INPUT));
            assertKind(refused, Kind.INPUT);
            assertThat(refused).hasMessage("it does not like this");
            run(session, "what", ProbeEngine.ECHO);
        }
    }

    @Test
    void anExceptionThatTheInterfaceDoesNotHaveNamesTheEngine() {
        try (WorkerModel model = workers.probe();
                Session session = model.open()) {
            Throwable failed =
                    catchThrowable(() -> run(session, "what", ProbeEngine.THROW_NULL_POINTER));
            assertKind(failed, Kind.REOPEN);
            assertThat(failed)
                    .hasMessageContaining("engine probe, running model probe@1 in a worker")
                    .hasMessageContaining("NullPointerException: nothing here");
            Throwable deep = catchThrowable(() -> run(session, "what", ProbeEngine.OVERFLOW_STACK));
            assertThat(deep).hasMessageContaining("StackOverflowError");
            assertThat(model.deaths()).isZero();
        }
    }

    @Test
    void anOutputIsRefusedAfterARunThatFailed() {
        try (WorkerModel model = workers.probe();
                Session session = model.open()) {
            run(session, "what", ProbeEngine.ECHO);
            session.output("echo");
            catchThrowable(() -> run(session, "what", ProbeEngine.THROW_INPUT));
            assertThat(catchThrowable(() -> session.output("echo")))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void cancelReachesIntoTheStepUnderWayAndResetMakesItGood() {
        try (WorkerModel model = workers.waiting();
                Session session = model.open()) {
            for (int i = 0; i < 3; i++) {
                CompletableFuture<Throwable> call = inFlight(session, "value", 1);
                session.cancel();
                assertKind(thrown(call), Kind.REOPEN);
                assertKind(catchThrowable(session::run), Kind.REOPEN);
                session.reset();
            }
            assertThat(model.deaths()).isZero();
        }
    }

    @Test
    void anInterruptedThreadStillComputesAndStaysInterrupted() {
        try (WorkerModel model = workers.probe();
                Session session = model.open()) {
            Thread.currentThread().interrupt();
            run(session, "what", ProbeEngine.ECHO);
            model.open().close();
            assertThat(Thread.interrupted()).isTrue();
            run(session, "what", ProbeEngine.ECHO);
        }
    }

    @Test
    void interruptingAThreadInFlightCostsItsSessionAlone() {
        try (WorkerModel model = workers.waiting();
                Session other = model.open()) {
            Session session = model.open();
            CompletableFuture<Throwable> result = new CompletableFuture<>();
            Thread thread =
                    new Thread(
                            () -> result.complete(catchThrowable(() -> run(session, "value", 1))));
            thread.start();
            await(() -> ((WorkerSession) session).callSinceNanos() != 0);
            thread.interrupt();
            Throwable failure = thrown(result);
            assertKind(failure, Kind.REOPEN);
            assertThat(failure).hasMessageContaining("interrupted");
            assertKind(catchThrowable(() -> run(session, "value", 1)), Kind.REOPEN);
            CompletableFuture<Throwable> call = inFlight(other, "value", 1);
            other.cancel();
            assertThat(thrown(call)).hasMessageContaining("cancelled");
            assertThat(model.deaths()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "worker.callLimitMillis,soon",
        "worker.deaths,0",
        "worker.memoryMegabytes,99999999999",
        "worker.heartbeatLimitMillis,999"
    })
    void aPropertyThatIsNoSuchNumberIsRefused(String name, String value) {
        Throwable refused = catchThrowable(() -> new Workers(folder, name, value));
        assertKind(refused, Kind.SETUP);
        assertThat(refused).hasMessageContaining("ganglion." + name).hasMessageContaining(value);
    }

    @Test
    void aFolderWhosePathIsTooLongForASocketIsRefused() {
        Path deep = folder.resolve("d".repeat(100)).resolve("e".repeat(100));
        try {
            WorkerFolders.create(deep, deep).delete();
            assertThat(deep).as("a refusal of this path").isNull();
        } catch (Exception refused) {
            assertKind(refused, Kind.SETUP);
            assertThat(refused).hasMessageContaining("ganglion.var");
        }
        assertThat(deep).isEmptyDirectory();
    }
}
