package dev.ganglion.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ganglion.runtime.watch.FolderWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderWatchTest {
    private static final long INTERVAL_MILLIS = 5;

    @TempDir Path folder;
    private final Semaphore reports = new Semaphore(0);

    private FolderWatch watch;

    @AfterEach
    void end() {
        watch.close();
    }

    private void watch(int depth) {
        watch = new FolderWatch(folder, depth, INTERVAL_MILLIS, reports::release);
    }

    private void awaitReport() throws InterruptedException {
        assertThat(reports.tryAcquire(Toys.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .as("a report")
                .isTrue();
    }

    /** Many looks long nothing is reported. */
    private void assertSilent() {
        await().during(20 * INTERVAL_MILLIS, TimeUnit.MILLISECONDS)
                .atMost(Toys.LIMIT)
                .until(() -> reports.availablePermits() == 0);
    }

    @Test
    void addedChangedAndRemovedFilesAreReportedOnceEach() throws Exception {
        Path file = folder.resolve("route.yaml");
        watch(1);
        Files.writeString(file, "one");
        awaitReport();
        assertSilent();
        Files.writeString(file, "longer");
        awaitReport();
        assertSilent();
        Files.delete(file);
        awaitReport();
        assertSilent();
    }

    @Test
    void whatWasThereAtFirstIsNotReported() throws IOException {
        Files.writeString(folder.resolve("route.yaml"), "one");
        watch(1);
        assertSilent();
    }

    @Test
    void whatLiesDeeperOrIsAnEmptyFolderIsNotReported() throws Exception {
        Path deeper = Files.createDirectories(folder.resolve("model/1"));
        watch(2);
        Files.writeString(deeper.resolve("model.yaml"), "three levels down");
        Files.createDirectories(folder.resolve("empty"));
        assertSilent();
        Files.writeString(folder.resolve("model/notes"), "two levels down");
        awaitReport();
    }

    @Test
    void aFolderThatComesLaterIsWatched() throws Exception {
        Path later = folder.resolve("later");
        watch = new FolderWatch(later, 1, INTERVAL_MILLIS, reports::release);
        assertSilent();
        Files.createDirectories(later);
        Files.writeString(later.resolve("route.yaml"), "one");
        awaitReport();
        assertSilent();
    }

    @Test
    void aReportThatFailedIsRepeated() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        watch =
                new FolderWatch(
                        folder,
                        1,
                        INTERVAL_MILLIS,
                        () -> {
                            if (calls.incrementAndGet() == 1) {
                                throw new IllegalStateException("forced");
                            }
                            reports.release();
                        });
        Files.writeString(folder.resolve("route.yaml"), "one");
        awaitReport();
        assertSilent();
        assertThat(calls).hasValue(2);
    }

    @Test
    void nothingIsReportedAfterClose() throws IOException {
        watch(1);
        watch.close();
        watch.close();
        Files.writeString(folder.resolve("route.yaml"), "one");
        assertSilent();
    }
}
