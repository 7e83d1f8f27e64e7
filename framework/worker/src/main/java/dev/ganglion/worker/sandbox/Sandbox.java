package dev.ganglion.worker.sandbox;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A way to start a process that can touch little. */
public interface Sandbox {
    /** {@return what it is, for the operator: {@code landlock (ABI 7)}} */
    String name();

    /** {@return whether the process that was started only starts the one that is meant} */
    default boolean startsAnother() {
        return false;
    }

    /**
     * Starts a process.
     *
     * <p>To be called on a thread that lives as long as the process: some kernels' means end the
     * process with it.
     */
    Process start(ProcessBuilder builder, Access access) throws IOException;

    /**
     * The strongest that this machine has.
     *
     * @param wanted {@code auto}, or the only one that will do: {@code landlock}, {@code
     *     bubblewrap}, {@code none}
     * @throws GanglionException of kind SETUP when the machine does not have the one that is wanted
     */
    static Sandbox choose(String wanted) {
        boolean any = wanted.equals("auto");
        @Nullable Sandbox found = null;
        if (any || wanted.equals("landlock")) {
            found = Landlock.find();
        }
        if (found == null && (any || wanted.equals("bubblewrap"))) {
            found = Bubblewrap.find(System.getenv("PATH"));
        }
        if (found == null && (any || wanted.equals("none"))) {
            found = new NoSandbox();
        }
        if (found == null) {
            throw new GanglionException(
                    Kind.SETUP,
                    "the property ganglion.worker.sandbox takes auto, landlock, bubblewrap or none"
                            + " where this machine has it, found '"
                            + wanted
                            + "', which is not to be had here; use a kernel of 5.13 or newer with"
                            + " Landlock, install bubblewrap, or set it to auto");
        }
        Logger log = LoggerFactory.getLogger(Sandbox.class);
        if (any && found instanceof NoSandbox) {
            log.warn(
                    "Workers run without a sandbox: neither Landlock (Linux 5.13 or newer) nor bwrap"
                            + " is there");
        } else {
            log.debug("Workers are sandboxed by {}", found.name());
        }
        return found;
    }
}
