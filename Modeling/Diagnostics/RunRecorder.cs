using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers.FullBatch;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Training;

namespace Toolkit.Modeling.Diagnostics;

/// <summary>
/// Watches a training: at each report it measures gradient, curvature and updates on a fixed sample. Give it to <see cref="FitOptions.Progress"/>, and choose by
/// <see cref="FitOptions.ProgressSteps"/> how often it looks; afterwards <see cref="Diagnose"/> shows the course beside the end. Source: book sections 8.2.1 and 8.2.2
/// with figure 8.1.
/// </summary>
/// <remarks>Each report costs about three gradients of the sample (one without curvature). It draws no masks, and leaves the training as it is, bit for
/// bit.</remarks>
public sealed class RunRecorder : IProgress<TrainingProgress>
{
    private readonly Trainer trainer;
    private readonly ScalarFunction function;
    private readonly IReadOnlyList<Parameter> parameters;
    private readonly IDataSource sample;
    private readonly int examples;
    private readonly bool curvature;
    private readonly double[] start;
    private readonly List<RunPoint> points = [];
    private double[] before;

    /// <summary>A recorder, which notes the parameters as they are now as its first point.</summary>
    /// <param name="trainer">The trainer, before it trains.</param>
    /// <param name="sample">Examples to measure on.</param>
    /// <param name="examples">How many of them are taken, from the first on, at least 1; 500 by default.</param>
    /// <param name="curvature">Whether the curvature along the gradient is measured; true by default.</param>
    public RunRecorder(Trainer trainer, IDataSource sample, int examples = 500, bool curvature = true)
    {
        this.trainer = trainer;
        this.sample = sample;
        this.examples = Settings.AtLeastOne(examples);
        this.curvature = curvature;
        trainer.Prepare(sample.Layout);
        (Objective objective, Variable total, (Variable, Value)[] inputs) = Diagnosis.Build(trainer, Diagnostician.Sample(sample, examples));
        function = new ScalarFunction(total, objective.Parameters, inputs, trainer.Execution);
        parameters = objective.Parameters;
        start = before = function.Point;
        Measure(0.0);
    }

    /// <summary>Where reports are handed on to; null (the default) for nowhere.</summary>
    public IProgress<TrainingProgress>? Next { get; init; }

    /// <summary>What was measured, from the beginning on.</summary>
    public IReadOnlyList<RunPoint> Points => points;

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        // The last step within an epoch and its end are the same moment.
        if (Steps > points[^1].Step)
            Measure(trainer.LastRate);
        Next?.Report(value);
    }

    /// <summary>The diagnosis at the present parameters, with the course of the training and the objective on the line from its start.</summary>
    /// <param name="options">What to look at; null for the defaults, with the last learning rate.</param>
    public Diagnosis Diagnose(DiagnosisOptions? options = null)
    {
        options ??= new DiagnosisOptions { LearningRate = trainer.LastRate > 0.0 ? trainer.LastRate : 0.01 };
        return trainer.Diagnose(sample, options.Other is null ? options with { Other = start } : options, examples).WithCourse(points, options);
    }

    private long Steps => trainer.State.Optimizer.StepCounter.Value.Span<long>()[0];

    private void Measure(double rate)
    {
        // Reports may come on another thread than that of the training, which waits: measuring moves the parameters.
        lock (trainer.Gate)
            MeasureAlone(rate);
    }

    private void MeasureAlone(double rate)
    {
        var gradient = new double[function.Size];
        double[] now = function.Point;
        double value = function.Evaluate(now, gradient);
        double bent = curvature ? Vectors.Dot(gradient, function.HessianProduct(gradient)) : double.NaN;
        long since = points.Count == 0 ? 0 : Steps - points[^1].Step;
        points.Add(new RunPoint(Steps, value, Vectors.Norm(gradient), bent, rate, Layers(now, gradient, since)));
        before = now;
    }

    private List<LayerReport> Layers(double[] now, double[] gradient, long since)
    {
        var layers = new List<LayerReport>();
        int at = 0;
        foreach (Parameter parameter in parameters)
        {
            int count = parameter.Value.Count;
            ReadOnlySpan<double> values = now.AsSpan(at, count);
            double norm = Vectors.Norm(values), moved = Vectors.Norm(Vectors.Along(values, -1.0, before.AsSpan(at, count)));
            layers.Add(new LayerReport(
                parameter.Name, norm, Vectors.Norm(gradient.AsSpan(at, count)), moved == 0.0 || since == 0 ? 0.0 : moved / since / norm));
            at += count;
        }

        return layers;
    }
}
