namespace Toolkit.Reliability;

/// <summary>Every harness in a size of seconds; <see cref="Program"/> runs them in long size.</summary>
public sealed class ReliabilityTests
{
    public static TheoryData<string> Harnesses => [.. Harness.All.Select(h => h.Name)];

    [Theory]
    [MemberData(nameof(Harnesses))]
    public void Nothing_breaks(string harness)
    {
        Outcome outcome = Harness.All.Single(h => h.Name == harness).Run(isLong: false, Harness.FixedSeed);
        Assert.SkipWhen(outcome.Skipped is not null, outcome.Skipped ?? string.Empty);
        Assert.Empty(outcome.Failures);
        Assert.NotEqual(0, outcome.Cases);
    }
}
