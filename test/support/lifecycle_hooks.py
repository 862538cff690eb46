"""Lifecycle hooks and warm pools of Auto Scaling, which moto stores and does not act on.

As on AWS, a machine of a group with a hook waits (`Pending:Wait`, `Terminating:Wait`) until its action is completed, and
EventBridge's rules are told. So does a machine on its way into a warm pool (`Warmed:Pending:Wait`). Timeouts of hooks are left out: a
test completes or does not. So is the way out of a warm pool: a group launches new machines.
"""

from uuid import uuid4

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.models import (
    AutoScalingBackend,
    FakeAutoScalingGroup,
    TerminateInstanceActivity,
)
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import unix_time
from moto.events.models import events_backends

launching = ("autoscaling:EC2_INSTANCE_LAUNCHING", "Pending:Wait", "EC2 Instance-launch Lifecycle Action")
terminating = ("autoscaling:EC2_INSTANCE_TERMINATING", "Terminating:Wait", "EC2 Instance-terminate Lifecycle Action")
warming = ("autoscaling:EC2_INSTANCE_LAUNCHING", "Warmed:Pending:Wait", "EC2 Instance-launch Lifecycle Action")

launch_at_once = FakeAutoScalingGroup.replace_autoscaling_group_instances
terminate_at_once = AutoScalingBackend.terminate_instance
store_warm_pool = AutoScalingBackend.put_warm_pool


def wait_for_hook(group, states, kind):
    """Whether the group has a hook of this kind; if so, these machines wait for it."""
    transition, waiting, detail_type = kind
    backend = group.autoscaling_backend
    hook = next(
        (hook for hook in backend.describe_lifecycle_hooks(group.name) if hook.lifecycle_transition == transition),
        None,
    )
    if hook is None:
        return False
    for state in states:
        state.lifecycle_state = waiting
        detail = {
            "AutoScalingGroupName": group.name,
            "EC2InstanceId": state.instance.id,
            "LifecycleHookName": hook.name,
            "LifecycleTransition": transition,
        }
        tell(backend, {"source": "aws.autoscaling", "detail-type": detail_type, "detail": detail})
    return True


def tell(backend, event):
    time = unix_time()
    common = {"version": "0", "id": str(uuid4()), "time": time, "ingestion-time": time, "resources": []}
    event = {**common, "account": backend.account_id, "region": backend.region_name, **event}
    for bus in events_backends[backend.account_id][backend.region_name].event_buses.values():
        for rule in bus.rules.values():
            rule.send_to_targets(dict(event))


def launch(group, count_needed, propagated_tags):
    before = list(group.instance_states)
    launch_at_once(group, count_needed, propagated_tags)
    wait_for_hook(group, [state for state in group.instance_states if state not in before], launching)


def counted(group):
    return [state for state in group.instance_states if state.lifecycle_state in ("InService", "Pending:Wait")]


def terminate(backend, instance_id, should_decrement):
    state = next(
        state
        for group in backend.autoscaling_groups.values()
        for state in group.instance_states
        if state.instance.id == instance_id
    )
    group = state.auto_scaling_group
    before = group.desired_capacity
    if not wait_for_hook(group, [state], terminating):
        return terminate_at_once(backend, instance_id, should_decrement)
    group.set_desired_capacity(before - 1 if should_decrement else before)
    return TerminateInstanceActivity(state.instance, before)


def warm_states(group):
    return getattr(group, "warm_states", [])


def put_warm_pool(backend, group_name, max_group_prepared_capacity, min_size, pool_state, instance_reuse_policy):
    store_warm_pool(backend, group_name, max_group_prepared_capacity, min_size, pool_state, instance_reuse_policy)
    group = backend.autoscaling_groups[group_name]
    kept = list(group.instance_states)
    launch_at_once(group, int(min_size or 0) - len(warm_states(group)), group.get_propagated_tags())
    launched = [state for state in group.instance_states if state not in kept]
    group.instance_states = kept
    group.warm_states = warm_states(group) + launched
    if not wait_for_hook(group, launched, warming):
        for state in launched:
            rest(group, state)


def rest(group, state):
    state.lifecycle_state = "Warmed:Stopped"
    group.autoscaling_backend.ec2_backend.stop_instances([state.instance.id])


def describe_warm_pool(response):
    backend = response.autoscaling_backend
    group = backend.autoscaling_groups[response._get_param("AutoScalingGroupName")]
    instances = [
        {
            "InstanceId": state.instance.id,
            "AvailabilityZone": state.instance._placement.zone,
            "LifecycleState": state.lifecycle_state,
            "HealthStatus": "Healthy",
        }
        for state in warm_states(group)
    ]
    return ActionResult({"WarmPoolConfiguration": group.get_warm_pool(), "Instances": instances})


def waiting_state(response):
    instance_id = response._get_param("InstanceId")
    for group in response.autoscaling_backend.autoscaling_groups.values():
        for state in group.instance_states + warm_states(group):
            if state.instance.id == instance_id and state.lifecycle_state.endswith(":Wait"):
                return group, state
    raise ValidationError(f"No active Lifecycle Action found with instance ID {instance_id}")


def complete(response):
    group, state = waiting_state(response)
    if state.lifecycle_state == launching[1] and response._get_param("LifecycleActionResult") == "CONTINUE":
        state.lifecycle_state = "InService"
    elif state.lifecycle_state == warming[1] and response._get_param("LifecycleActionResult") == "CONTINUE":
        rest(group, state)
    elif state in warm_states(group):
        group.warm_states.remove(state)
        group.autoscaling_backend.ec2_backend.terminate_instances([state.instance.id])
    else:
        group.instance_states.remove(state)
        group.autoscaling_backend.ec2_backend.terminate_instances([state.instance.id])
        group.set_desired_capacity(group.desired_capacity)
    return EmptyResult()


def heartbeat(response):
    waiting_state(response)
    return EmptyResult()


def install():
    FakeAutoScalingGroup.replace_autoscaling_group_instances = launch
    FakeAutoScalingGroup.active_instances = counted
    AutoScalingBackend.terminate_instance = terminate
    AutoScalingBackend.put_warm_pool = put_warm_pool
    AutoScalingResponse.complete_lifecycle_action = complete
    AutoScalingResponse.record_lifecycle_action_heartbeat = heartbeat
    AutoScalingResponse.describe_warm_pool = describe_warm_pool
