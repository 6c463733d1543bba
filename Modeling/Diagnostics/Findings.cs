using System.Globalization;

namespace Toolkit.Modeling.Diagnostics;

/// <summary>What the numbers of a diagnosis say, in sentences.</summary>
internal static class Findings
{
    public static IReadOnlyList<string> Of(Diagnosis d, DiagnosisOptions options)
    {
        var findings = new List<string>();
        if (!double.IsFinite(d.Objective) || !double.IsFinite(d.GradientNorm))
        {
            findings.Add(Text($"The objective is {d.Objective} and the length of its gradient {d.GradientNorm}: the parameters have diverged."));
            return findings;
        }

        Critical(d, options, findings);
        Step(d, findings);
        foreach (UnitReport unit in d.Units)
        {
            if (unit.Dead > 0)
                findings.Add(Text($"{unit.Dead} of {unit.Units} units of {unit.Name} are dead: 0 for every example."));
            if (unit.Saturated > 0)
                findings.Add(Text($"{unit.Saturated} of {unit.Units} units of {unit.Name} give nearly the same for every example: saturated or without use."));
        }

        foreach (LayerReport layer in d.Layers.Where(layer => layer.GradientNorm == 0.0))
            findings.Add(Text($"The gradient of {layer.Name} is 0: nothing reaches it."));
        return findings;
    }

    private static void Critical(Diagnosis d, DiagnosisOptions options, List<string> findings)
    {
        (double least, double greatest) = (d.HessianEigenvalues[0], d.HessianEigenvalues[^1]);
        bool negative = least < -Math.Max(d.EigenvalueResiduals.Least, 1e-6 * Math.Abs(greatest));
        if (d.GradientNorm > options.SmallGradient)
        {
            findings.Add(Text($"The gradient norm is {d.GradientNorm:G4}, not small: this is not a local minimum, nor any critical point (book section 8.2.2)."));
            if (negative)
                findings.Add(Text($"The curvature is negative in some direction (least eigenvalue {least:G4})."));
        }
        else if (negative)
        {
            findings.Add(Text($"The gradient is small ({d.GradientNorm:G4}) and the least eigenvalue negative ({least:G4}): ") +
                (greatest > 0.0 ? "a saddle point, not a minimum (book section 8.2.3)." : "a maximum."));
        }
        else
        {
            findings.Add(Text($"The gradient is small ({d.GradientNorm:G4}) and no negative curvature was found: near a minimum, or a flat region."));
        }
    }

    private static void Step(Diagnosis d, List<string> findings)
    {
        double ratio = 0.5 * d.LearningRate * d.CurvatureAlongGradient;
        if (ratio > d.GradientSquare)
        {
            findings.Add(Text($"½ε·gᵀHg = {ratio:G4} exceeds gᵀg = {d.GradientSquare:G4}: a step of ε = {d.LearningRate:G4} makes the objective worse ") +
                Text($"(ill-conditioning, book equation 8.10). The best step along the gradient is {d.BestStep:G4}."));
        }
        else if (double.IsFinite(d.BestStep) && d.BestStep > 10.0 * d.LearningRate)
        {
            findings.Add(Text($"The best step along the gradient is {d.BestStep:G4}, far above the learning rate {d.LearningRate:G4}."));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
