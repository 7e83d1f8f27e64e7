package dev.ganglion.camel.word;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ganglion.api.data.GanglionException;
import dev.ganglion.api.data.GanglionException.Kind;
import java.net.BindException;
import java.nio.charset.MalformedInputException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.NoSuchEndpointException;
import org.apache.camel.ResolveEndpointFailedException;
import org.junit.jupiter.api.Test;

class SentencesTest {
    @Test
    void ourOwnSentenceIsTakenThroughAllWrappers() {
        Throwable ours = new GanglionException(Kind.SETUP, "the lamp is broken; mend it");
        assertThat(Sentences.of(new RuntimeException("a", new IllegalStateException("b", ours))))
                .isEqualTo("the lamp is broken; mend it");
    }

    @Test
    void ourOwnSentenceWinsOverItsCause() {
        Throwable ours =
                new GanglionException(
                        Kind.RETRY, "port 80 is taken; choose another", new BindException("used"));
        assertThat(Sentences.of(ours)).isEqualTo("port 80 is taken; choose another");
    }

    @Test
    void aPortInUseNamesTheRoute() {
        Throwable thrown =
                new FailedToStartRouteException(
                        "web", "because of a port", new BindException("Address already in use"));
        assertThat(Sentences.of(thrown))
                .contains("port", "in use", "Address already in use", "web", "choose another port")
                .doesNotContain("because of");
    }

    @Test
    void aPortInUseWithoutRouteIsStillASentence() {
        assertThat(Sentences.of(new BindException("Permission denied")))
                .contains("Permission denied", "choose another port");
    }

    @Test
    void anAddressThatIsNotUnderstoodIsNamedOnce() {
        String sentence =
                Sentences.of(new ResolveEndpointFailedException("timer:x?a=b", "there is no a"));
        assertThat(sentence)
                .isEqualTo("the address 'timer:x?a=b' is not understood: there is no a");
    }

    @Test
    void theCauseOfAnAddressThatIsNotUnderstoodIsTold() {
        assertThat(
                        Sentences.of(
                                new ResolveEndpointFailedException(
                                        "timer:x", new IllegalArgumentException("no\n  timers"))))
                .isEqualTo("the address 'timer:x' is not understood: no timers");
    }

    @Test
    void anAddressThatDoesNotExistIsTold() {
        assertThat(Sentences.of(new RuntimeException(new NoSuchEndpointException("tea:pot"))))
                .contains("tea:pot")
                .doesNotContain("\n");
    }

    @Test
    void textThatIsNoUtf8IsTold() {
        assertThat(Sentences.of(new RuntimeException(new MalformedInputException(1))))
                .contains("not valid UTF-8", "send UTF-8");
    }

    @Test
    void theDeepestCauseIsTakenInOneLine() {
        assertThat(Sentences.of(new RuntimeException("outer", new RuntimeException(" a \n\t b "))))
                .isEqualTo("a b");
    }

    @Test
    void anExceptionWithoutMessageIsNamed() {
        assertThat(Sentences.of(new IllegalStateException()))
                .isEqualTo("java.lang.IllegalStateException");
    }

    @Test
    void nothingIsStillASentence() {
        assertThat(Sentences.of(null)).isEqualTo("nothing is known about it");
    }
}
