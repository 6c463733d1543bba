using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Optimizers.FullBatch;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Diagnostics;

/// <summary>
/// Where a training stands, from the objective on some examples at the model's present parameters: gradient, curvature along it, extreme eigenvalues of the
/// Hessian, units and layers, and what they say in words. Source: book section 8.2. It draws no masks: layers work as at inference.
/// </summary>
public sealed record Diagnosis
{
    /// <summary>J̃: the mean loss with penalties.</summary>
    public required double Objective { get; init; }

    /// <summary>‖g‖.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>gᵀHg.</summary>
    public required double CurvatureAlongGradient { get; init; }

    /// <summary>ε: the learning rate that was judged.</summary>
    public required double LearningRate { get; init; }

    /// <summary>The change of the objective by a step −εg: what it really is.</summary>
    public required double ActualChange { get; init; }

    /// <summary>The eigenvalues of the Hessian that Lanczos' method found, in ascending order: the first and the last approximate the extremes.</summary>
    public required IReadOnlyList<double> HessianEigenvalues { get; init; }

    /// <summary>The distances within which the first and the last of them have a true eigenvalue.</summary>
    public required (double Least, double Greatest) EigenvalueResiduals { get; init; }

    /// <summary>Each learned parameter.</summary>
    public required IReadOnlyList<LayerReport> Layers { get; init; }

    /// <summary>Each hidden representation.</summary>
    public required IReadOnlyList<UnitReport> Units { get; init; }

    /// <summary>The objective at θ − t·g, from t = 0 to twice the best step, or to 2ε where curvature sets none.</summary>
    public required IReadOnlyList<LinePoint> AlongGradient { get; init; }

    /// <summary>The objective on the line from <see cref="DiagnosisOptions.Other"/> (0) to the present parameters (1) and half as far beyond; empty if there is no
    /// other point.</summary>
    public IReadOnlyList<LinePoint> FromOther { get; init; } = [];

    /// <summary>Pairs of dense layers, and what exchanging and scaling hidden units does to the loss.</summary>
    public IReadOnlyList<SymmetryReport> Symmetries { get; init; } = [];

    /// <summary>The course of the training, if a <see cref="RunRecorder"/> has watched it; otherwise empty.</summary>
    public IReadOnlyList<RunPoint> Course { get; init; } = [];

    /// <summary>What this says, in sentences.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>gᵀg: what a step promises per unit of length, εgᵀg in all.</summary>
    public double GradientSquare => GradientNorm * GradientNorm;

    /// <summary>−εgᵀg + ½ε²gᵀHg: the change by a step −εg to second order (book equation 8.9 less J); above 0 where ½εgᵀHg exceeds gᵀg, which is
    /// ill-conditioning (equation 8.10).</summary>
    public double PredictedChange => (-LearningRate * GradientSquare) + (0.5 * LearningRate * LearningRate * CurvatureAlongGradient);

    /// <summary>gᵀg/gᵀHg: the step along −g that gains most, to second order; infinite where the curvature is not positive.</summary>
    public double BestStep => CurvatureAlongGradient > 0.0 ? GradientSquare / CurvatureAlongGradient : double.PositiveInfinity;

    /// <summary>Diagnoses a model. The parameters are left as they are.</summary>
    /// <param name="model">The model.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="features">Examples, [examples, …].</param>
    /// <param name="target">Their labels or targets.</param>
    /// <param name="regularizers">The penalties of the training; null for none.</param>
    /// <param name="options">What to look at; null for the defaults.</param>
    public static Diagnosis Of(
        Module model, Loss loss, Value features, Value target, IReadOnlyList<Regularizer>? regularizers = null, DiagnosisOptions? options = null)
    {
        ExampleSymbols symbols = ExampleSymbols.Of(
            Variable.Input(DataLayout.Input, features.DType, features.Shape), Variable.Input(DataLayout.Target, target.DType, target.Shape), weight: null);
        (Objective objective, Variable total, (Variable, Value)[] inputs) = Build(model, loss, symbols, [DataLayout.Input], [features, target], regularizers ?? [], null);
        return Diagnostician.Examine(model, objective, new ScalarFunction(total, objective.Parameters, inputs), inputs, options ?? new DiagnosisOptions());
    }

    /// <summary>The objective of a trainer at inference on some examples.</summary>
    internal static (Objective Objective, Variable Total, (Variable, Value)[] Inputs) Build(Trainer trainer, Batch sample)
    {
        DataLayout layout = sample.Layout;
        ExampleSymbols symbols = layout.Axes.Any() ? new ExampleSymbols(layout.Fields) : new ExampleSymbols(new Named(
            [.. layout.Fields.Select(field => (field.Name, Variable.Input(field.Name, field.Type, [sample.Count, .. field.Shape])))]));
        var values = new Value[symbols.All.Count];
        ExampleSymbols.Bind(sample, symbols.All, values);
        string[] inputs = [.. ModelInputs.Of(trainer, layout).Select(field => field.Name)];
        return Build(trainer.Model, trainer.Loss, symbols, inputs, values, trainer.Regularizers, trainer.State.Optimizer);
    }

    /// <summary>The objective at inference; what regularizers remember, such as multipliers, is as in the beginning without a memory.</summary>
    private static (Objective Objective, Variable Total, (Variable, Value)[] Inputs) Build(
        Model model,
        Loss loss,
        ExampleSymbols symbols,
        IReadOnlyList<string> inputs,
        Value[] values,
        IReadOnlyList<Regularizer> regularizers,
        OptimizerState? memory)
    {
        var context = new ForwardContext(Mode.Inference) { Examples = symbols, Weight = symbols.Weight };
        var objective = new Objective(model, loss, symbols, inputs, context, memory);
        Variable total = regularizers.Aggregate(objective.Loss, (sum, regularizer) => sum + objective.PenaltyOf(regularizer));
        return (objective, total, [.. symbols.All.Zip(values)]);
    }

    /// <summary>The same with the course of the training, and what it says.</summary>
    internal Diagnosis WithCourse(IReadOnlyList<RunPoint> course, DiagnosisOptions options)
    {
        Diagnosis whole = this with { Course = [.. course] };
        return whole with { Findings = Diagnostics.Findings.Of(whole, options) };
    }

    /// <summary>The report as one HTML page that needs no other file.</summary>
    /// <param name="title">Its title.</param>
    public string ToHtml(string title = "Diagnosis") => DiagnosisPage.Of(this, title);
}
