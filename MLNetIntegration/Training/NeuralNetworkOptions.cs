using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>The layers of a neural network in ML.NET, and how it is trained.</summary>
/// <remarks>The defaults suit a few hundred to some ten thousand rows of tabular data.</remarks>
public sealed record NeuralNetworkOptions : TrainingOptions
{
    /// <summary>The units of each hidden layer; two layers of 64 by default, none for a linear model.</summary>
    public IReadOnlyList<int> HiddenUnits
    {
        get;
        init => field = value.All(units => units >= 1) ? [.. value] : throw new ArgumentOutOfRangeException(nameof(HiddenUnits), string.Join(", ", value), "Expected at least 1 unit in each layer.");
    }

    = [64, 64];

    /// <summary>The activation of the hidden layers; the rectifier by default (book section 6.3).</summary>
    public Func<Variable, Variable> Activation { get; init; } = Ops.Relu;

    /// <summary>The rate of dropout after each hidden layer, from 0 (the default) to 1 (excluded); book section 7.12.</summary>
    public double Dropout { get; init => field = Share(value); }

    /// <summary>The strength of the weight decay, at least 0; 10⁻⁴ by default (book section 7.1.1).</summary>
    public double WeightDecay
    {
        get;
        init => field = value >= 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(WeightDecay), value, "Expected a finite strength of at least 0.");
    } = 1e-4;

    /// <summary>The share of each label's probability that goes to the other classes, from 0 (the default) to 1 (excluded); multiclass only. Book section
    /// 7.5.1.</summary>
    public double LabelSmoothing { get; init => field = Share(value); }

    /// <summary>The quantiles that a distribution is asked for, each between 0 and 1; 5 %, 50 % and 95 % by default.</summary>
    public IReadOnlyList<double> Quantiles { get; init => field = [.. value]; } = [0.05, 0.5, 0.95];
}
