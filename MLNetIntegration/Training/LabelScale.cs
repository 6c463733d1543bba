using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;

namespace Toolkit.MLNetIntegration.Training;

/// <summary>How labels are shifted and scaled for the loss: (y − mean) / deviation.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Deviation">The standard deviation, above 0.</param>
internal readonly record struct LabelScale(double Mean, double Deviation)
{
    /// <summary>Labels as they are.</summary>
    public static LabelScale None => new(0, 1);

    /// <summary>Whether the numbers are finite and the deviation is above 0.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsUsable => double.IsFinite(Mean) && double.IsFinite(Deviation) && Deviation > 0;

    /// <summary>A prediction in the units of the label.</summary>
    public Variable Restore(Variable prediction) => (prediction * Deviation) + Mean;
}
