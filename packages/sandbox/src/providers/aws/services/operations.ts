import { arn, text, type Behaviour, type Scene } from "../behaviour.ts";

const byName = (scene: Scene): string => text(scene.inputs.name) ?? scene.hex(12);

/** Functions, logs, alarms and other things that keep watch. */
export const operations: Record<string, Behaviour> = {
  "aws:lambda/function:Function": {
    id: byName,
    arn: (scene, id) => arn(scene, "lambda", `function:${id}`),
    autoName: { property: "name", maxLength: 64 },
    unique: "name",
    replaceOn: ["name", "packageType"],
    defaults: { memorySize: 128, timeout: 3, packageType: "Zip", publish: false },
    outputs: (scene, id) => {
      const own = arn(scene, "lambda", `function:${id}`);
      return {
        qualifiedArn: `${own}:$LATEST`,
        invokeArn: `arn:${scene.partition}:apigateway:${scene.region}:lambda:path/2015-03-31/functions/${own}/invocations`,
        version: "$LATEST",
      };
    },
  },
  "aws:lambda/permission:Permission": {
    id: (scene) => text(scene.inputs.statementId) ?? scene.hex(12),
    autoName: { property: "statementId", maxLength: 100 },
    replaceOn: [
      "action",
      "eventSourceToken",
      "function",
      "principal",
      "qualifier",
      "sourceAccount",
      "sourceArn",
      "statementId",
    ],
  },
  "aws:lambda/eventSourceMapping:EventSourceMapping": { replaceOn: ["eventSourceArn"] },
  "aws:cloudwatch/logGroup:LogGroup": {
    id: byName,
    arn: (scene, id) => arn(scene, "logs", `log-group:${id}`),
    autoName: { property: "name", maxLength: 512 },
    unique: "name",
    replaceOn: ["name", "logGroupClass"],
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    id: byName,
    arn: (scene, id) => arn(scene, "cloudwatch", `alarm:${id}`),
    unique: "name",
    replaceOn: ["name"],
  },
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": {
    id: (scene) => text(scene.inputs.alarmName) ?? scene.hex(12),
    arn: (scene, id) => arn(scene, "cloudwatch", `alarm:${id}`),
    replaceOn: ["alarmName"],
  },
  "aws:cloudwatch/dashboard:Dashboard": {
    id: (scene) => text(scene.inputs.dashboardName) ?? scene.hex(12),
    replaceOn: ["dashboardName"],
    outputs: (_scene, id) => ({ dashboardArn: `arn:aws:cloudwatch::123456789012:dashboard/${id}` }),
  },
  "aws:cloudwatch/eventRule:EventRule": {
    id: byName,
    arn: (scene, id) => arn(scene, "events", `rule/${id}`),
    autoName: { property: "name", maxLength: 64 },
    unique: "name",
    replaceOn: ["name", "eventBusName"],
  },
  "aws:cloudwatch/eventTarget:EventTarget": { replaceOn: ["rule", "targetId", "eventBusName"] },
  "aws:appautoscaling/target:Target": {
    id: (scene) => text(scene.inputs.resourceId) ?? scene.hex(12),
    replaceOn: ["resourceId", "scalableDimension", "serviceNamespace"],
  },
  "aws:appautoscaling/policy:Policy": {
    id: byName,
    replaceOn: ["name", "resourceId", "scalableDimension", "serviceNamespace"],
  },
  "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": {
    idPrefix: "ns-",
    replaceOn: ["name", "vpc"],
    autoName: false,
    outputs: (scene) => ({ hostedZone: `Z${scene.hex(20).toUpperCase()}` }),
  },
  "aws:servicediscovery/service:Service": { idPrefix: "srv-", replaceOn: ["name", "namespaceId"] },
};
