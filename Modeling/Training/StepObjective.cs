using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;

namespace Toolkit.Modeling.Training;

/// <summary>What a step makes small, as a graph: the loss of the model on a batch, and the penalties. What makes no sense is refused.</summary>
internal sealed class StepObjective
{
    private readonly Trainer trainer;
    private readonly OptimizerState state;

    /// <summary>Builds it.</summary>
    /// <param name="trainer">Has the model, the loss and the rest.</param>
    /// <param name="layout">The shape of an example.</param>
    /// <param name="state">What optimizer and regularizers remember.</param>
    /// <param name="shares">What each part of the loss counts where the batch is a piece of a larger one; null where it is whole.</param>
    public StepObjective(Trainer trainer, DataLayout layout, OptimizerState state, TermShares? shares = null)
    {
        (this.trainer, this.state) = (trainer, state);
        IReadOnlyList<Parameter> parameters = trainer.Model.Parameters;
        CheckNames(parameters);
        Scaling = trainer.Precision == TrainingPrecision.Float16 ? new LossScaling(state) : null;
        Symbols = new ExampleSymbols(layout.Fields);
        Context = new ForwardContext(Mode.Training)
        {
            Examples = Symbols,
            Weight = Symbols.Weight,
            Precision = TrainingGraph.NumbersOf(trainer.Precision),
            IsPiece = shares is not null,
        };
        Objective = new Objective(
            trainer.Model, trainer.Loss, Symbols, [.. ModelInputs.Of(trainer, layout).Select(field => field.Name)], Context, state, shares);
        Inputs = [.. Symbols.All, .. shares?.Inputs ?? []];
        CheckClasses(layout);
        Penalties = [.. trainer.Regularizers.Select(Penalty)];
        Learned = Objective.Parameters;
        if (Learned.Count == 0 && parameters.Any(parameter => parameter.Role != ParameterRole.State))
            throw new GraphException($"Expected a model of which something learns, found {trainer.Model.Title}, all of which is {nameof(Model.Frozen)}.");
        CheckReached();
        Composition.Check(trainer, Learned);
        Parameter[] known = [.. parameters, .. state.Parameters];
        Registration.OfModel(known, Objective.Outputs.Values, Context);
        Registration.OfObjective(known, Total);
        state.Projection = update => Constrain(update).NewValue;
    }

    /// <summary>The examples.</summary>
    public ExampleSymbols Symbols { get; }

    /// <summary>The inputs of all computations: the fields of examples and the lengths of ragged axes, then what the parts of the loss count.</summary>
    public IReadOnlyList<Variable> Inputs { get; }

    /// <summary>What modules have left behind.</summary>
    public ForwardContext Context { get; }

    /// <summary>The loss and all that it is made of.</summary>
    public Objective Objective { get; }

    /// <summary>The penalties, scalars in the order of the regularizers.</summary>
    public IReadOnlyList<Variable> Penalties { get; }

    /// <summary>The parameters that are learned.</summary>
    public IReadOnlyList<Parameter> Learned { get; }

    /// <summary>The factor of the loss, or null.</summary>
    public LossScaling? Scaling { get; }

    /// <summary>The loss with all penalties.</summary>
    public Variable Total => Penalties.Aggregate(Objective.Loss, (sum, penalty) => sum + penalty);

    /// <summary>The gradients of something as they are to be computed: of so many times it where the loss is scaled.</summary>
    public IReadOnlyList<Variable> ScaledGradients(Variable total) =>
        Gradient.Of(Scaling?.Scaled(total) ?? total, [.. Learned.Select(parameter => parameter.Variable)]);

    /// <summary>The updates of a step: what the optimizer and the constraints make of the gradients, what modules ask for, and the counter of steps.</summary>
    /// <param name="gradients">The gradients of the learned parameters, not scaled.</param>
    /// <param name="ofModules">The updates that modules and regularizers ask for.</param>
    public IReadOnlyList<Update> Updates(IReadOnlyList<Variable> gradients, IEnumerable<Update> ofModules)
    {
        IReadOnlyList<Update> updates = trainer.Optimizer.Updates(
            [.. Learned.Zip(gradients, (parameter, gradient) => new ParameterGradient(parameter, gradient))], state);
        Parameter[] known = [.. trainer.Model.Parameters, .. state.Parameters];
        CheckNames(known);
        Registration.OfUpdates(known, updates);
        return
        [
            .. Scaling?.IfFinite([.. updates.Select(Constrain)]) ?? updates.Select(Constrain),
            .. ofModules,
            .. Scaling?.Updates() ?? [],
            new Update(state.StepCounter, Ops.Add(state.Step, Variable.Scalar(1, DType.Int64))),
        ];
    }

    private Variable Penalty(Regularizer regularizer)
    {
        Variable penalty = Objective.PenaltyOf(regularizer);
        return penalty.Shape.Rank == 0
            ? penalty
            : throw new ShapeException($"The penalty of {regularizer.GetType().Name} must be a scalar, found the shape {penalty.Shape}: sum or average it.");
    }

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

    private void CheckClasses(DataLayout layout)
    {
        // Labels that have no logit would silently give a loss of zero.
        foreach (Loss loss in trainer.Loss.Summands)
        {
            if (layout.Find(loss.Target) is not { Classes: > 0 } labels || !Objective.Outputs.TryGetValue(loss.Output, out Variable? output)
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

    private void CheckReached()
    {
        var read = new HashSet<Parameter>(new Signature(Inputs, [new Output("loss", Objective.Loss)]).Parameters);
        string[] unreached = [.. Learned.Where(parameter => !read.Contains(parameter)).Select(parameter => parameter.Name)];
        if (unreached.Length > 0)
        {
            throw new GraphException(
                $"The loss does not depend on these parameters of the model, so they cannot be learned: {string.Join(", ", unreached)}.");
        }
    }
}
