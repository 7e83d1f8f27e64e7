package dev.ganglion.camel.word;

import dev.ganglion.api.data.GanglionException;
import java.net.BindException;
import java.nio.charset.CharacterCodingException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.NoSuchEndpointException;
import org.apache.camel.ResolveEndpointFailedException;
import org.jspecify.annotations.Nullable;

/** Turns what was thrown, with all its wrappers, into one sentence for people. */
public final class Sentences {
    private Sentences() {}

    /** {@return the sentence of the cause that says most} */
    public static String of(@Nullable Throwable thrown) {
        String address = "";
        Throwable deepest = thrown;
        for (Throwable each = thrown; each != null; each = each.getCause()) {
            if (each instanceof GanglionException) {
                return String.valueOf(each.getMessage());
            }
            if (each instanceof NoSuchEndpointException) {
                return oneLine(each);
            }
            if (each instanceof ResolveEndpointFailedException resolve) {
                address = resolve.getUri();
            }
            if (each instanceof BindException) {
                return "a port of the route is in use already ("
                        + each.getMessage()
                        + where(thrown)
                        + "); choose another port or stop what uses it";
            }
            if (each instanceof CharacterCodingException) {
                return "a text is not valid UTF-8 (" + each + "); send UTF-8";
            }
            deepest = each;
        }
        if (deepest == null) {
            return "nothing is known about it";
        }
        return address.isEmpty()
                ? oneLine(deepest)
                : "the address '"
                        + address
                        + "' is not understood: "
                        + oneLine(deepest)
                                .replaceFirst("^Failed to resolve endpoint: .* due to: ", "");
    }

    /** {@return whether a port was wanted that is taken} */
    public static boolean isBusyPort(@Nullable Throwable thrown) {
        Throwable each = thrown;
        while (each != null && !(each instanceof BindException)) {
            each = each.getCause();
        }
        return each != null;
    }

    private static String where(@Nullable Throwable thrown) {
        for (Throwable each = thrown; each != null; each = each.getCause()) {
            if (each instanceof FailedToStartRouteException) {
                return "; " + oneLine(each).replaceAll(" because of .*", "");
            }
        }
        return "";
    }

    private static String oneLine(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null || message.isBlank()
                ? thrown.toString()
                : message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
