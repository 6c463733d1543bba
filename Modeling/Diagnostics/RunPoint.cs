namespace Toolkit.Modeling.Diagnostics;

/// <summary>A moment of a training, measured on a fixed sample of examples.</summary>
/// <param name="Step">How many steps were done.</param>
/// <param name="Objective">J̃: the mean loss with penalties.</param>
/// <param name="GradientNorm">‖g‖.</param>
/// <param name="CurvatureAlongGradient">gᵀHg; NaN where it was not measured.</param>
/// <param name="LearningRate">ε of the last step; 0 before the first.</param>
/// <param name="Layers">Each learned parameter; the update ratio here is what really happened: ‖Δw‖/‖w‖ per step since the point before, 0 at the first.</param>
public sealed record RunPoint(
    long Step, double Objective, double GradientNorm, double CurvatureAlongGradient, double LearningRate, IReadOnlyList<LayerReport> Layers)
{
    /// <summary>gᵀg: a step −εg promises εgᵀg.</summary>
    public double GradientSquare => GradientNorm * GradientNorm;

    /// <summary>½ε·gᵀHg: what curvature takes away of it per unit of ε (book equation 8.10). Above gᵀg, the step makes the objective worse.</summary>
    public double CurvatureCost => 0.5 * LearningRate * CurvatureAlongGradient;
}
