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
        Course(d, options, findings);
        Line(d, findings);
        foreach (SymmetryReport pair in d.Symmetries)
            Symmetry(d, pair, findings);
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

    private static void Course(Diagnosis d, DiagnosisOptions options, List<string> findings)
    {
        if (d.Course.Count < 2)
            return;
        (RunPoint first, RunPoint last) = (d.Course[0], d.Course[^1]);
        double most = d.Course.Max(p => p.GradientNorm);
        findings.Add(Text($"From step {first.Step} to {last.Step} the objective went from {first.Objective:G4} to {last.Objective:G4}, ") +
            (last.GradientNorm >= first.GradientNorm && last.Objective < first.Objective
                ? Text($"while the gradient norm rose from {first.GradientNorm:G4} to {last.GradientNorm:G4}: the training has not come to a critical point (book section 8.2.1, figure 8.1).")
                : Text($"and the gradient norm from {first.GradientNorm:G4} to {last.GradientNorm:G4} (greatest {most:G4}).")));
        RunPoint[] measured = [.. d.Course.Where(p => double.IsFinite(p.CurvatureAlongGradient) && p.LearningRate > 0.0)];
        int conditioned = measured.Count(p => p.CurvatureCost > p.GradientSquare);
        if (conditioned > 0)
            findings.Add(Text($"At {conditioned} of {measured.Length} points of the course ½ε·gᵀHg exceeded gᵀg: ill-conditioning, for plain steps of that rate (book equation 8.10)."));
        foreach (LayerReport layer in last.Layers)
        {
            double[] ratios = [.. d.Course.Skip(1).Select(p => p.Layers.First(l => l.Name == layer.Name).UpdateRatio).Order()];
            double median = ratios[ratios.Length / 2];
            if (median > options.LargeUpdate)
                findings.Add(Text($"{layer.Name} moves by {median:G3} of its length per step (median): a smaller learning rate may help."));
            else if (median < options.SmallUpdate)
                findings.Add(Text($"{layer.Name} moves by only {median:G3} of its length per step (median): it hardly learns."));
        }
    }

    private static void Line(Diagnosis d, List<string> findings)
    {
        LinePoint[] between = [.. d.FromOther.Where(p => p.At <= 1.0 + 1e-9 && double.IsFinite(p.Loss))];
        if (between.Length < 2)
            return;
        (double start, double end) = (between[0].Loss, between[^1].Loss);
        LinePoint top = between.MaxBy(p => p.Loss);
        double above = top.Loss - Math.Max(start, end), range = Math.Abs(start - end);
        findings.Add(above > 0.01 * Math.Max(range, Math.Abs(end))
            ? Text($"On the straight line from the other point to here the objective rises to {top.Loss:G4} at {top.At:G3}, {above:G4} above the higher end: a barrier lies between.")
            : Text($"On the straight line from the other point ({start:G4}) to here ({end:G4}) there is no barrier (book section 8.2.2)."));
    }

    private static void Symmetry(Diagnosis d, SymmetryReport pair, List<string> findings)
    {
        double rounding = 1e-4 * Math.Abs(d.Objective);
        if (Math.Abs(pair.ExchangeChange) <= rounding)
            findings.Add(Text($"Units of {pair.Name} can change places without a change of the loss: this solution is one of at least {pair.Units}! equal ones (weight space symmetry, book section 8.2.2)."));
        else
            findings.Add(Text($"Exchanging two units of {pair.Name} changes the loss by {pair.ExchangeChange:G4}: they are told apart by more than the layers beside them."));
        if (Math.Abs(pair.ScalingChange) <= rounding)
        {
            bool far = pair.Balance > 10.0 || pair.Balance < 0.1;
            findings.Add(Text($"Doubling what comes into {pair.Name} and halving what goes out leaves the loss as it is: a hyperbola of equal solutions") +
                (far
                    ? Text($", on which this one is far out (incoming to outgoing weights {pair.Balance:G3}): gradients of the two layers differ by as much.")
                    : Text($" (incoming to outgoing weights {pair.Balance:G3}).")));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
