namespace Toolkit.Modeling.Training;

/// <summary>What early stopping remembers: the best value of its measure, when it came, and everything that training had made by then.</summary>
internal sealed class BestSoFar
{
    /// <summary>The measure; empty before any was watched.</summary>
    public string Monitor { get; set; } = "";

    /// <summary>v: the best value; NaN before the first.</summary>
    public double Value { get; set; } = double.NaN;

    /// <summary>The epoch in which it came, from 1.</summary>
    public int Epoch { get; set; }

    /// <summary>i*: the number of steps of the training after which it came.</summary>
    public long Step { get; set; }

    /// <summary>j: how many evaluations since then brought no improvement.</summary>
    public int Waited { get; set; }

    /// <summary>θ*: the parameters of the model then, with what the optimizer remembered; null before the first.</summary>
    public ParameterSnapshot? Parameters { get; set; }

    /// <summary>Begins anew for a measure.</summary>
    public void Begin(string monitor) => (Monitor, Value, Epoch, Step, Waited, Parameters) = (monitor, double.NaN, 0, 0, 0, null);
}
