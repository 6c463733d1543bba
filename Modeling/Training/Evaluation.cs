using System.Globalization;
using System.Text;

namespace Toolkit.Modeling.Training;

/// <summary>How good a model is on a data set.</summary>
/// <param name="Loss">The mean loss of an example, without penalties.</param>
/// <param name="Metrics">The mean of each metric by name.</param>
/// <param name="Examples">The number of examples.</param>
public sealed record Evaluation(double Loss, IReadOnlyDictionary<string, double> Metrics, long Examples)
{
    /// <summary>By name, what each metric that is no mean over examples has observed, added up over the pass (<see cref="Toolkit.Modeling.Metrics.Metric.Observe"/>), such as the counts of a
    /// <see cref="Toolkit.Modeling.Metrics.ConfusionMatrix"/>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double[]>> Observed { get; init; } = new Dictionary<string, IReadOnlyList<double[]>>();

    /// <summary>The loss ("loss") or a metric by name.</summary>
    /// <param name="name">The name, with spaces or underscores, in upper or lower case.</param>
    /// <exception cref="ArgumentException">There is no such measure.</exception>
    public double this[string name] => name == "loss" ? Loss : Metrics.TryGetValue(name, out double value)
        ? value
        : throw new ArgumentException(
            $"There is no measure \"{name}\"; there are: {string.Join(", ", Metrics.Keys.Prepend("loss"))}.", nameof(name));

    /// <summary>For example "loss 0.08120, accuracy 0.9750 (10000 examples)".</summary>
    public override string ToString()
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"loss {Loss:F5}");
        foreach ((string name, double value) in Metrics)
            text.Append(CultureInfo.InvariantCulture, $", {name} {value:F4}");
        return text.Append(CultureInfo.InvariantCulture, $" ({Examples} example{(Examples == 1 ? "" : "s")})").ToString();
    }
}
