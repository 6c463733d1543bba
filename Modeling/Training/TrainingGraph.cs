using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
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
        if (outputs.Keys.FirstOrDefault(read.Contains) is { } both)
            throw new GraphException($"Expected outputs with other names than the fields that {trainer.Model.Title} reads, found \"{both}\" for both: what is trained could be neither run nor exported.");
        return (
            new Signature([.. symbols.All.Where(input => measured.Contains(input.Name!))], measures.Outputs, name: "evaluation"),
            measures.Measures,
            fields.Count == 1 ? fields : [.. fields.Where(field => read.Contains(field.Name))]);
    }

    private (Signature Signature, Measures Measures) BuildStep(OptimizerState state)
    {
        IReadOnlyList<Parameter> parameters = trainer.Model.Parameters;
        CheckNames(parameters);
        LossScaling? scaling = trainer.Precision == TrainingPrecision.Float16 ? new LossScaling(state) : null;
        var symbols = new ExampleSymbols(layout.Fields);
        var context = new ForwardContext(Mode.Training) { Examples = symbols, Weight = symbols.Weight, Precision = NumbersOf(trainer.Precision) };
        var objective = new Objective(
            trainer.Model, trainer.Loss, symbols, [.. ModelInputs.Of(trainer, layout).Select(field => field.Name)], context, state);
        Outputs = objective.Outputs;
        CheckClasses();
        Variable total = objective.Loss;
        foreach (Regularizer regularizer in trainer.Regularizers)
        {
            Variable penalty = objective.PenaltyOf(regularizer);
            if (penalty.Shape.Rank != 0)
            {
                throw new ShapeException(
                    $"The penalty of {regularizer.GetType().Name} must be a scalar, found the shape {penalty.Shape}: sum or average it.");
            }

            total += penalty;
        }

        IReadOnlyList<Parameter> learned = objective.Parameters;
        if (learned.Count == 0 && parameters.Any(parameter => parameter.Role != ParameterRole.State))
            throw new GraphException($"Expected a model of which something learns, found {trainer.Model.Title}, all of which is {nameof(Model.Frozen)}.");
        CheckReached(learned, objective.Loss, symbols);
        Composition.Check(trainer, learned);
        Parameter[] known = [.. parameters, .. state.Parameters];
        Registration.OfModel(known, objective.Outputs.Values, context);
        Registration.OfObjective(known, total);
        state.Projection = update => Constrain(update).NewValue;
        IReadOnlyList<Variable> gradients = Gradient.Of(scaling?.Scaled(total) ?? total, [.. learned.Select(parameter => parameter.Variable)]);
        gradients = scaling?.Unscaled(gradients) ?? gradients;
        IReadOnlyList<Update> updates = trainer.Optimizer.Updates(
            [.. learned.Zip(gradients, (parameter, gradient) => new ParameterGradient(parameter, gradient))], state);
        CheckNames([.. parameters, .. state.Parameters]);
        Registration.OfUpdates([.. parameters, .. state.Parameters], updates);
        var measures = new MeasureList(
            new Output("loss", objective.Loss),
            new Output("objective", total),
            new Output("learning_rate", trainer.Optimizer.Rate(state)));
        measures.AddLoss(trainer.Loss.TermsOf(objective.Outputs, symbols.Fields, symbols), LossOutput);
        measures.AddMetrics(trainer.Metrics, objective.Outputs, symbols, trainer.Loss);
        ModelInputs.CheckRead(layout, symbols.ReadBy([.. objective.Outputs.Values, .. measures.Outputs.Select(output => output.Variable)]));
        Update[] all =
        [
            .. scaling?.IfFinite([.. updates.Select(Constrain)]) ?? updates.Select(Constrain),
            .. context.Updates,
            .. scaling?.Updates() ?? [],
            new Update(state.StepCounter, Ops.Add(state.Step, Variable.Scalar(1, DType.Int64))),
        ];
        return (new Signature(symbols.All, measures.Outputs, [.. all.Select(symbols.IfAnyCounts)], "training_step"), measures.Measures);
    }

    private static MixedPrecision? NumbersOf(TrainingPrecision precision) => MixedPrecision.Of(precision switch
    {
        TrainingPrecision.Float32 => DType.Float32,
        TrainingPrecision.BFloat16 => DType.BFloat16,
        TrainingPrecision.Float16 => DType.Float16,
        TrainingPrecision.Float64 => DType.Float64,
        _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, $"Expected one of {string.Join(", ", Enum.GetNames<TrainingPrecision>())}."),
    });

    private Update Constrain(Update update)
    {
        if (update.Parameter.Role == ParameterRole.State)
            return update;
        Variable value = update.NewValue;
        foreach (Constraints.Constraint constraint in trainer.Constraints)
        {
            if (constraint.AppliesTo(update.Parameter))
                value = constraint.Project(value, update.Parameter);
        }

        return new Update(update.Parameter, value);
    }

    private void CheckClasses()
    {
        // Labels that have no logit would silently give a loss of zero.
        foreach (Losses.Loss loss in trainer.Loss.Summands)
        {
            if (layout.Find(loss.Target) is not { Classes: > 0 } labels || !Outputs.TryGetValue(loss.Output, out Variable? output)
                || output.Shape.Rank != labels.Shape.Rank + 2 || !output.Shape[^1].IsStatic)
            {
                continue;
            }

            int outputs = output.Shape[^1].Size;
            int needed = outputs == 1 ? 2 : outputs;
            if (labels.Classes > needed)
            {
                throw new ShapeException(
                    $"The data have {labels.Classes} classes, but the model gives {outputs} outputs per example, enough for {needed}.");
            }
        }
    }

    private static void CheckNames(IReadOnlyList<Parameter> parameters)
    {
        string[] twice =
            [.. parameters.GroupBy(p => p.Name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key)];
        if (twice.Length > 0)
        {
            throw new GraphException(
                $"The model has several parameters of the same name: {string.Join(", ", twice)}. Names are settled when a module is first " +
                $"used; compose modules before that, or give them a {nameof(Module.Name)}.");
        }
    }

    private static void CheckReached(IReadOnlyList<Parameter> learned, Variable loss, ExampleSymbols symbols)
    {
        var read = new HashSet<Parameter>(new Signature(symbols.All, [new Output("loss", loss)]).Parameters);
        string[] unreached = [.. learned.Where(parameter => !read.Contains(parameter)).Select(parameter => parameter.Name)];
        if (unreached.Length > 0)
        {
            throw new GraphException(
                $"The loss does not depend on these parameters of the model, so they cannot be learned: {string.Join(", ", unreached)}.");
        }
    }
}
