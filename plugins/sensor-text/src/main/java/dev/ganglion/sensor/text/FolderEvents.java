package dev.ganglion.sensor.text;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Collection;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits until something may have changed in some folders.
 *
 * <p>The operating system says so. Where it does not, because the file system is a remote one or
 * the user's notifications are used up, every wait ends after {@value #LOOK_MILLIS} ms.
 */
final class FolderEvents implements AutoCloseable {
    static final long LOOK_MILLIS = 2_000;

    private final @Nullable WatchService watch;
    private final CountDownLatch closed = new CountDownLatch(1);

    FolderEvents(Collection<Path> folders) {
        watch = watch(folders);
    }

    private static @Nullable WatchService watch(Collection<Path> folders) {
        WatchService service = null;
        try {
            for (Path folder : folders) {
                if (service == null) {
                    service = folder.getFileSystem().newWatchService();
                }
                folder.register(
                        service,
                        StandardWatchEventKinds.ENTRY_CREATE,
                        StandardWatchEventKinds.ENTRY_MODIFY,
                        StandardWatchEventKinds.ENTRY_DELETE);
            }
            return service;
        } catch (IOException | UnsupportedOperationException noNotifications) {
            // Looking now and then is slower and never wrong, so this is no reason to fail.
            close(service);
            return null;
        }
    }

    /** Returns when something may have changed, and at once after {@link #close}. */
    void await() throws InterruptedException {
        if (watch == null) {
            closed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            return;
        }
        try {
            WatchKey key = watch.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            while (key != null) {
                key.pollEvents();
                if (!key.reset()) {
                    // The folder is gone; without this the others would keep the processor busy.
                    key.cancel();
                }
                key = watch.poll();
            }
        } catch (ClosedWatchServiceException endOfWait) {
            closed.await();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        close(watch);
    }

    private static void close(@Nullable WatchService service) {
        if (service != null) {
            try {
                service.close();
            } catch (IOException alreadyGone) {
                // There is nothing to release then.
                return;
            }
        }
    }
}
