using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;

namespace Toolkit.Modeling.Training;

/// <summary>The two computations of a training, as signatures: the step and the evaluation.</summary>
internal sealed class TrainingGraph
{
    /// <summary>The places of the outputs of <see cref="Step"/>; the sums of the metrics follow.</summary>
    public const int LossOutput = 0, ObjectiveOutput = 1, RateOutput = 2;

    private readonly Trainer trainer;
    private readonly DataLayout layout;

    public TrainingGraph(Trainer trainer, DataLayout layout, OptimizerState state)
    {
        this.trainer = trainer;
        this.layout = layout;
        (Step, StepMeasures) = BuildStep(state);
        (Evaluation, _, InputFields) = BuildEvaluation(trainer, layout);
    }

    /// <summary>Inputs for the fields of examples and the lengths of ragged axes; outputs "loss" (mean without penalties), "objective" (with penalties),
    /// "learning_rate" and the sum of each metric over the batch, then what <see cref="MeasureList"/> adds; updates of everything that changes.</summary>
    public Signature Step { get; }

    /// <summary>Where the step puts out loss and metrics.</summary>
    public Measures StepMeasures { get; }

    /// <summary>The fields that the model reads at inference.</summary>
    public IReadOnlyList<Field> InputFields { get; }

    /// <summary>Those of the inputs that it reads; outputs the sums over the batch of "loss" and of each metric, then what <see cref="MeasureList"/> adds.</summary>
    public Signature Evaluation { get; }

    /// <summary>What the model gives in training.</summary>
    public Named Outputs { get; private set; } = new();

    /// <summary>The computation of an evaluation for examples of a layout, where it puts out loss and metrics, and what the model reads.</summary>
    public static (Signature Signature, Measures Measures, IReadOnlyList<Field> Read) BuildEvaluation(Trainer trainer, DataLayout layout)
    {
        IReadOnlyList<Field> fields = ModelInputs.Of(trainer, layout);
        var symbols = new ExampleSymbols(layout.Fields);
        var context = new ForwardContext(Mode.Inference) { Examples = symbols, Weight = symbols.Weight, Precision = NumbersOf(trainer.Precision) };
        Named outputs = trainer.Model.Forward(new Named([.. fields.Select(field => (field.Name, symbols.Fields[field.Name]))]), context);
        Registration.OfModel(trainer.Model.Parameters, outputs.Values, context);
        var measures = new MeasureList();
        measures.AddLoss(trainer.Loss.TermsOf(outputs, symbols.Fields, symbols));
        measures.AddMetrics(trainer.Metrics, outputs, symbols, trainer.Loss);
        IReadOnlySet<string> read = symbols.ReadBy(outputs.Values), measured = symbols.ReadBy(measures.Outputs.Select(output => output.Variable));
        return (
            new Signature([.. symbols.All.Where(input => measured.Contains(input.Name!))], measures.Outputs, name: "evaluation"),
            measures.Measures,
            fields.Count == 1 ? fields : [.. fields.Where(field => read.Contains(field.Name))]);
    }

    private (Signature Signature, Measures Measures) BuildStep(OptimizerState state)
    {
        var step = new StepObjective(trainer, layout, state);
        (Objective objective, ExampleSymbols symbols, Variable total) = (step.Objective, step.Symbols, step.Total);
        Outputs = objective.Outputs;
        IReadOnlyList<Variable> scaled = step.ScaledGradients(total), gradients = step.Scaling?.Unscaled(scaled) ?? scaled;
        IReadOnlyList<Update> updates = step.Updates(gradients, step.Context.Updates);
        var measures = new MeasureList(
            new Output("loss", objective.Loss),
            new Output("objective", total),
            new Output("learning_rate", trainer.Optimizer.Rate(state)));
        measures.AddLoss(trainer.Loss.TermsOf(objective.Outputs, symbols.Fields, symbols), LossOutput);
        measures.AddMetrics(trainer.Metrics, objective.Outputs, symbols, trainer.Loss);
        ModelInputs.CheckRead(layout, symbols.ReadBy([.. objective.Outputs.Values, .. measures.Outputs.Select(output => output.Variable)]));
        return (new Signature(symbols.All, measures.Outputs, [.. updates.Select(symbols.IfAnyCounts)], "training_step"), measures.Measures);
    }

    /// <summary>What models compute with.</summary>
    public static MixedPrecision? NumbersOf(TrainingPrecision precision) => MixedPrecision.Of(precision switch
    {
        TrainingPrecision.Float32 => DType.Float32,
        TrainingPrecision.BFloat16 => DType.BFloat16,
        TrainingPrecision.Float16 => DType.Float16,
        TrainingPrecision.Float64 => DType.Float64,
        _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, $"Expected one of {string.Join(", ", Enum.GetNames<TrainingPrecision>())}."),
    });
}
