package dev.ganglion.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.platform.commons.JUnitException;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs one test of a kit on a plug-in that is broken on purpose. */
final class Kits {
    private Kits() {}

    /**
     * Asserts that exactly this test runs and fails: by an assertion, or by what the plug-in throws
     * where it should work.
     *
     * @param test the method's name, with {@code (java.nio.file.Path)} when it takes a folder
     */
    static void assertFails(Class<?> broken, String test) {
        TestExecutionSummary summary = run(broken, test);
        assertThat(summary.getTestsFoundCount()).as("tests named " + test).isOne();
        assertThat(summary.getFailures()).as(test + " on a broken plug-in").hasSize(1);
        assertThat(summary.getFailures().get(0).getException())
                .isNotInstanceOf(JUnitException.class);
    }

    /** Asserts that the test is skipped. */
    static void assertSkips(Class<?> plugin, String test) {
        TestExecutionSummary summary = run(plugin, test);
        assertThat(summary.getTestsAbortedCount()).as(test).isOne();
    }

    /** Asserts that this test of the stage contract within another kit fails. */
    static void assertNestedFails(Class<?> broken, String test) {
        LauncherDiscoveryRequest request =
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(DiscoverySelectors.selectClass(broken))
                        .build();
        List<String> failed = new ArrayList<>();
        for (TestExecutionSummary.Failure failure : execute(request).getFailures()) {
            failed.add(failure.getTestIdentifier().getDisplayName());
        }
        assertThat(failed).contains(test + "()");
    }

    private static TestExecutionSummary run(Class<?> kit, String test) {
        LauncherDiscoveryRequest request =
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(DiscoverySelectors.selectMethod(kit.getName() + "#" + test))
                        .build();
        return execute(request);
    }

    private static TestExecutionSummary execute(LauncherDiscoveryRequest request) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        return listener.getSummary();
    }
}
