package dev.ganglion.engine.llamacpp;

import dev.ganglion.binding.CCallback;
import dev.ganglion.binding.CFunction;
import dev.ganglion.binding.CLibrary;
import dev.ganglion.binding.CMemory;
import dev.ganglion.binding.CType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
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

    /**
     * Told instead of us, it does nothing: without any function the library would write to standard
     * error. It looks at the level only, and leaves the text alone.
     */
    private static final long SILENCE = CLibrary.standard().address("abs");

    private static final ThreadLocal<List<String>> HEARD = ThreadLocal.withInitial(ArrayList::new);

    private final CFunction tell;
    private @Nullable CCallback callback;

    /**
     * The log of a library.
     *
     * @param llama where {@code llama_log_set} is
     */
    LibraryLog(CLibrary llama) {
        tell = llama.function("llama_log_set", CType.VOID, List.of(CType.POINTER, CType.POINTER));
    }

    /** Has the library tell us from now on. */
    synchronized void open() {
        if (callback == null) {
            CCallback opened =
                    new CCallback(
                            CType.VOID,
                            List.of(CType.INT, CType.POINTER, CType.POINTER),
                            (level, text, none) -> {
                                hear((int) level, text);
                                return 0;
                            });
            callback = opened;
            tell.call(opened.address(), 0);
        }
    }

    /** Has the library tell nobody, so that it does not hold our classes until the process ends. */
    synchronized void close() {
        CCallback opened = callback;
        if (opened != null) {
            callback = null;
            tell.call(SILENCE, 0);
            opened.close();
        }
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
