using System.Text.RegularExpressions;
using Toolkit.MpiJob;

namespace Toolkit.BookResults.Tests;

/// <summary>The training of samples/Distributed, by two processes.</summary>
public sealed class DistributedTests
{
    [Fact]
    public async Task Two_processes_learn_digits_with_the_bits_of_one()
    {
        string? launcher = Launch.Found("mpirun");
        Assert.SkipWhen(launcher is null, "There is no MPI on this machine: mpirun was not found.");
        LaunchOutcome outcome = await Launch.MpiAsync(
            launcher!, 2, [Path.Combine(AppContext.BaseDirectory, "Toolkit.Distributed.dll")], TestContext.Current.SendDiagnosticMessage, TestContext.Current.CancellationToken);
        Assert.True(outcome.ExitCode == 0, outcome.Output);
        Match result = Regex.Match(outcome.Output, "^RESULT ranks=2 accuracy=(0\\.[0-9]{4}) bits_equal_to_one_rank=true$", RegexOptions.Multiline);
        Assert.True(result.Success, outcome.Output);
        Assert.InRange(double.Parse(result.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), 0.8, 1.0);
        Assert.Matches("(?m)^rank 1: [0-9]+ examples/s", outcome.Output);
        Assert.Matches("(?m)^total: [0-9]+ examples/s", outcome.Output);
    }
}
