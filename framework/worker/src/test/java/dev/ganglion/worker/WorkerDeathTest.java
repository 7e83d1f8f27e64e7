package dev.ganglion.worker;

import static dev.ganglion.worker.Workers.assertKind;
import static dev.ganglion.worker.Workers.await;
import static dev.ganglion.worker.Workers.inFlight;
import static dev.ganglion.worker.Workers.run;
import static dev.ganglion.worker.Workers.signal;
import static dev.ganglion.worker.Workers.thrown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.ganglion.api.data.GanglionException.Kind;
import dev.ganglion.api.infer.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a dead worker costs: the message in flight, and nothing else. */
class WorkerDeathTest {
    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({
        "KILL,signal 9 (SIGKILL)",
        "SEGV,SIGSEGV",
        "ILL,SIGILL",
        "TERM,signal 15 (SIGTERM)"
    })
    void aSignalFailsTheCallInFlightAndTheNextSessionWorks(String signal, String said) {
        try (Workers workers = new Workers(folder);
                WorkerModel model = workers.waiting()) {
            long pid = model.pid();
            Session idle = model.open();
            assertThat(idle.usable()).isTrue();
            CompletableFuture<Throwable> call = inFlight(model.open(), "value", 1);
            signal(signal, pid);
            Throwable failure = thrown(call);
            assertKind(failure, Kind.REOPEN);
            assertThat(failure)
                    .hasMessageContaining("model waiting@1's worker (pid " + pid + ", engine toy)")
                    .hasMessageContaining(said)
                    .hasMessageContaining("open another session");
            assertThat(idle.usable()).as("usable before it was asked to run").isFalse();
            for (int i = 0; i < 2; i++) {
                assertKind(catchThrowable(() -> run(idle, "value", 1)), Kind.REOPEN);
            }
            idle.close();
            CompletableFuture<Throwable> next = inFlight(model.open(), "value", 1);
            assertThat(model.pid()).isNotEqualTo(pid).isPositive();
            assertThat(model.deaths()).isEqualTo(1);
            assertThat(next).isNotDone();
            assertThat(idle.usable()).as("usable after close").isFalse();
        }
    }

    @Test
    void anotherModelGoesOnWhileOneIsKilled() {
        try (Workers workers = new Workers(folder);
                WorkerModel killed = workers.waiting();
                WorkerModel other = workers.probe();
                Session session = other.open()) {
            run(session, "what", ProbeEngine.ECHO);
            signal("KILL", killed.pid());
            await(() -> killed.deaths() == 1);
            run(session, "what", ProbeEngine.ECHO);
            assertThat(session.output("echo").floats().get(0)).isZero();
            assertThat(other.deaths()).isZero();
        }
    }

    @Test
    void aStoppedWorkerIsTakenForHung() {
        try (Workers workers =
                        new Workers(
                                folder,
                                "worker.heartbeatMillis",
                                "50",
                                "worker.heartbeatLimitMillis",
                                "1000");
                WorkerModel model = workers.waiting()) {
            CompletableFuture<Throwable> call = inFlight(model.open(), "value", 1);
            signal("STOP", model.pid());
            Throwable failure = thrown(call);
            assertKind(failure, Kind.REOPEN);
            assertThat(failure)
                    .hasMessageContaining("it hung: it gave no sign of life for more than 1000 ms");
            model.open().close();
            assertThat(model.deaths()).isEqualTo(1);
        }
    }

    @Test
    void aCallThatDoesNotReturnIsTakenForHung() {
        try (Workers workers =
                        new Workers(
                                folder,
                                "worker.heartbeatMillis",
                                "50",
                                "worker.callLimitMillis",
                                "1000");
                WorkerModel model = workers.probe()) {
            Throwable failure = thrown(inFlight(model.open(), "what", ProbeEngine.WAIT_FOR_EVER));
            assertKind(failure, Kind.REOPEN);
            assertThat(failure)
                    .hasMessageContaining("it hung: a call took more than 1000 ms")
                    .hasMessageContaining("ganglion.worker.callLimitMillis");
            try (Session session = model.open()) {
                run(session, "what", ProbeEngine.ECHO);
            }
        }
    }

    @Test
    void memoryBeyondTheLimitEndsTheWorkerAndTheSentenceSaysSo() {
        try (Workers workers =
                        new Workers(
                                folder,
                                "worker.heartbeatMillis",
                                "2",
                                "worker.memoryMegabytes",
                                "160");
                WorkerModel model = workers.probe()) {
            assertThat(model.allocatedBytes()).isBetween(1L << 20, 160L << 20);
            Throwable failure =
                    thrown(inFlight(model.open(), "what", ProbeEngine.FILL_DIRECT_MEMORY));
            assertKind(failure, Kind.REOPEN);
            assertThat(failure)
                    .hasMessageContaining("memory limit (ganglion.worker.memoryMegabytes) is 160");
            try (Session session = model.open()) {
                run(session, "what", ProbeEngine.ECHO);
            }
        }
    }

    @Test
    void aFullHeapEndsTheWorkerAndTheSentenceSaysSo() {
        try (Workers workers = new Workers(folder, "worker.memoryMegabytes", "160");
                WorkerModel model = workers.probe()) {
            Throwable failure = thrown(inFlight(model.open(), "what", ProbeEngine.FILL_HEAP));
            assertKind(failure, Kind.REOPEN);
            assertThat(failure).hasMessageContaining("OutOfMemoryError");
        }
    }

    @Test
    void anEngineThatEndsTheProcessCostsTheSame() {
        try (Workers workers = new Workers(folder);
                WorkerModel model = workers.probe()) {
            Throwable failure = thrown(inFlight(model.open(), "what", ProbeEngine.EXIT));
            assertKind(failure, Kind.REOPEN);
            assertThat(failure).hasMessageContaining("ended with exit code 7");
        }
    }

    @Test
    void aModelWhoseWorkerDiesThreeTimesIsQuarantined() {
        try (Workers workers = new Workers(folder);
                WorkerModel model = workers.probe()) {
            for (int death = 1; death <= 3; death++) {
                Session session = model.open();
                assertKind(
                        catchThrowable(() -> run(session, "what", ProbeEngine.EXIT)), Kind.REOPEN);
                int deaths = death;
                await(() -> model.deaths() == deaths);
            }
            Throwable refused = catchThrowable(model::open);
            assertKind(refused, Kind.SETUP);
            assertThat(refused)
                    .hasMessageContaining("model probe@1 is quarantined since 2")
                    .hasMessageContaining("3 times within 600000 ms")
                    .hasMessageContaining("exit code 7")
                    .hasMessageContaining("ganglion model swap");
            assertThat(model.pid()).isEqualTo(-1);
            assertThat(model.allocatedBytes()).isZero();
        }
    }

    @Test
    void deathsOutsideOfTheWindowDoNotCount() {
        try (Workers workers =
                        new Workers(folder, "worker.deathWindowMillis", "1", "worker.deaths", "2");
                WorkerModel model = workers.probe()) {
            for (int death = 1; death <= 3; death++) {
                try (Session session = model.open()) {
                    assertKind(
                            catchThrowable(() -> run(session, "what", ProbeEngine.EXIT)),
                            Kind.REOPEN);
                }
            }
            try (Session session = model.open()) {
                run(session, "what", ProbeEngine.ECHO);
            }
        }
    }

    @Test
    void aModelThatKillsEachWorkerWhenItIsOpenedIsQuarantined() {
        try (Workers workers = new Workers(folder);
                WorkerModel model = workers.probe("open", "exit")) {
            assertKind(catchThrowable(model::open), Kind.REOPEN);
            await(() -> model.deaths() == 2);
            assertKind(catchThrowable(model::open), Kind.SETUP);
            assertThat(model.deaths()).isEqualTo(3);
        }
    }

    @Test
    void aWorkerThatCannotBeStartedIsTriedAgainAndDoesNotCountAsADeath() throws IOException {
        try (Workers workers = new Workers(folder, "worker.openLimitMillis", "1000");
                WorkerModel model = workers.probe()) {
            Path taken = folder.resolve("workers");
            Files.move(taken, folder.resolve("moved-away"));
            Files.writeString(taken, "no folder can be made here");
            signal("KILL", model.pid());
            await(() -> model.deaths() == 1);
            Throwable refused = catchThrowable(model::open);
            assertKind(refused, Kind.RETRY);
            assertThat(refused).hasMessageContaining("was not ready within 1000 ms");
            Files.delete(taken);
            await(() -> catchThrowable(() -> model.open().close()) == null);
            assertThat(model.deaths()).isEqualTo(1);
        }
    }

    @Test
    void aModelThatIsClosedFailsTheCallInFlightAndOpensNoMore() {
        try (Workers workers = new Workers(folder)) {
            WorkerModel model = workers.waiting();
            CompletableFuture<Throwable> call = inFlight(model.open(), "value", 1);
            model.close();
            Throwable failure = thrown(call);
            assertKind(failure, Kind.REOPEN);
            assertThat(failure).hasMessageContaining("was closed");
            assertThat(catchThrowable(model::open)).isInstanceOf(IllegalStateException.class);
            assertThat(model.deaths()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nothingIsLeftOfAWorker(boolean killed) {
        long pid;
        try (Workers workers = new Workers(folder)) {
            WorkerModel model = workers.waiting();
            pid = model.pid();
            assertThat(ProcessHandle.of(pid)).isPresent();
            assertThat(Left.folders(folder)).hasSize(2);
            inFlight(model.open(), "value", 1);
            if (killed) {
                signal("KILL", pid);
                await(() -> model.deaths() == 1);
            }
        }
        await(() -> ProcessHandle.of(pid).isEmpty());
        await(() -> Left.folders(folder).isEmpty());
        await(() -> Left.threads().isEmpty());
    }
}
