using System.Globalization;

namespace Toolkit.Samples.TrainingStep;

/// <summary>Prints what came out; the last line is for programs and has the worse of the networks.</summary>
internal static class Report
{
    public static void Print(IReadOnlyList<Outcome> outcomes)
    {
        foreach (Outcome o in outcomes)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{o.Network}: loss after {o.Steps} steps {o.NativeLoss:F6} native, {o.RuntimeLoss:F6} ONNX Runtime"));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  difference after 1 step: parameters {o.First.Parameters:E1}, moments {o.First.Moments:E1}; after {o.Steps}: {o.Last.Parameters:E1}, {o.Last.Moments:E1}"));
            if (o.Neighbour is { } neighbour)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"  the engine from weights one unit in the last place away: {neighbour.Parameters:E1}, {neighbour.Moments:E1}"));
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  steps per second: {o.NativeStepsPerSecond:F0} native, {o.RuntimeStepsPerSecond:F0} ONNX Runtime"));
        }

        int steps = outcomes[0].Steps;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"RESULT steps={steps} rel_diff_1={outcomes.Max(o => o.First.Parameters):0.0e+0} rel_diff_{steps}={outcomes.Max(o => o.Last.Parameters):0.0e+0} native_steps_per_s={outcomes.Min(o => o.NativeStepsPerSecond):F0} ort_steps_per_s={outcomes.Min(o => o.RuntimeStepsPerSecond):F0}"));
    }
}
