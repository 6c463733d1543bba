namespace Toolkit.Modeling.Diagnostics;

/// <summary>A parameter in a diagnosis.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Norm">‖w‖.</param>
/// <param name="GradientNorm">‖g‖ of its gradient.</param>
/// <param name="UpdateRatio">ε‖g‖/‖w‖: how far a step of plain descent moves it; about 10⁻³ is usual. Infinite for a parameter of zeros.</param>
public sealed record LayerReport(string Name, double Norm, double GradientNorm, double UpdateRatio);

/// <summary>The units of a hidden representation in a diagnosis.</summary>
/// <param name="Name">The name of the representation.</param>
/// <param name="Units">The number of units: the size of axis 1.</param>
/// <param name="Dead">How many are 0 for every example.</param>
/// <param name="Saturated">How many others give nearly the same for every example.</param>
/// <param name="MeanActivation">The mean over units and examples.</param>
/// <param name="ZeroShare">The share of activations that are exactly 0.</param>
public sealed record UnitReport(string Name, int Units, int Dead, int Saturated, double MeanActivation, double ZeroShare);

/// <summary>Two dense layers that follow each other in a diagnosis (book section 8.2.2).</summary>
/// <param name="Name">The name of the first.</param>
/// <param name="Units">How many units lie between them.</param>
/// <param name="ExchangeChange">The change of the loss when two of these units change places: 0 up to rounding.</param>
/// <param name="ScalingChange">The change of the loss when what comes into them is doubled and what goes out is halved: 0 up to rounding for rectifiers.</param>
/// <param name="Balance">‖incoming weights‖/‖outgoing weights‖.</param>
public sealed record SymmetryReport(string Name, int Units, double ExchangeChange, double ScalingChange, double Balance);

/// <summary>A point of a line through parameter space.</summary>
/// <param name="At">The place along the line.</param>
/// <param name="Loss">The objective there.</param>
public readonly record struct LinePoint(double At, double Loss);
