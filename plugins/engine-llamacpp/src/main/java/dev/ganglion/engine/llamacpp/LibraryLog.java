package dev.ganglion.engine.llamacpp;

import dev.ganglion.binding.CCallback;
import dev.ganglion.binding.CMemory;
import dev.ganglion.binding.CType;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What llama.cpp says, which would otherwise go to the process's standard error: all of it is
 * logged for debugging, and warnings and errors of the thread that loads are kept for its sentence.
 */
final class LibraryLog {
    private static final Logger LOG = LoggerFactory.getLogger(LibraryLog.class);
    private static final int WARNING = 3;
    private static final int ERROR = 4;
    private static final int MOST_KEPT = 4;

    private static final ThreadLocal<List<String>> HEARD = ThreadLocal.withInitial(ArrayList::new);

    private final CCallback callback =
            new CCallback(
                    CType.VOID,
                    List.of(CType.INT, CType.POINTER, CType.POINTER),
                    (level, text, none) -> {
                        hear((int) level, text);
                        return 0;
                    });

    /** {@return the function that the library is to tell} */
    long function() {
        return callback.address();
    }

    private static void hear(int level, long text) {
        boolean kept = level == WARNING || level == ERROR;
        if (kept || LOG.isDebugEnabled()) {
            String line = CMemory.text(text).strip().replaceAll("\\s*\\R\\s*", " ");
            LOG.debug("{}", line);
            List<String> heard = HEARD.get();
            if (kept && !line.isEmpty() && heard.size() < MOST_KEPT) {
                heard.add(line);
            }
        }
    }

    /** Forgets what this thread heard so far. */
    static void listen() {
        HEARD.get().clear();
    }

    /** {@return the warnings and errors since {@link #listen}, in one line} */
    static String heard() {
        List<String> heard = HEARD.get();
        return heard.isEmpty() ? "it does not say why" : String.join("; ", heard);
    }
}
